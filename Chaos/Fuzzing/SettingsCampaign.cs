using Chaos.Campaigns;

namespace Chaos.Fuzzing;

/// <summary>Draws settings and environments: each case has to train for a moment or to be refused with a settings error.</summary>
internal static class SettingsCampaign
{
    private const int Reports = 20;

    /// <summary>Runs as many cases as the options say; case i is that of seed + i.</summary>
    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        var report = new ChaosReport();
        var outcomes = new Dictionary<FuzzOutcome, int>();
        var agents = new HashSet<string>();
        Directory.CreateDirectory(options.Folder);
        for (int i = 0; i < options.Cases; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var one = new FuzzCase(unchecked(options.Seed + (ulong)i), options.Engines);
            FuzzOutcome outcome = await one.RunAsync(Path.Combine(options.Folder, $"{one.Seed}"), cancellationToken)
                .ConfigureAwait(false);
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            agents.Add(one.Agent);
            if (outcome == FuzzOutcome.Failed)
            {
                report.Remark($"{one}{one.Failure}\nAgain with: --cases 1 --seed {one.Seed}");
            }
            if ((i + 1) % Math.Max(1, options.Cases / Reports) == 0)
            {
                options.Progress($"{i + 1} of {options.Cases} cases, {outcomes.GetValueOrDefault(FuzzOutcome.Failed)} failed");
            }
        }
        report.AddAtLeast("cases", options.Cases, 1);
        report.Add("trained", outcomes.GetValueOrDefault(FuzzOutcome.Trained));
        report.Add("started_without_a_step", outcomes.GetValueOrDefault(FuzzOutcome.Started));
        report.Add("diverged", outcomes.GetValueOrDefault(FuzzOutcome.Diverged));
        report.Add("refused_with_a_settings_error", outcomes.GetValueOrDefault(FuzzOutcome.Refused));
        report.AddAtMost("failed", outcomes.GetValueOrDefault(FuzzOutcome.Failed), 0);
        return report;
    }
}
