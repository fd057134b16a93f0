using Chaos.Campaigns;

namespace Chaos.Fleets;

/// <summary>The command lines of a fleet of a campaign.</summary>
/// <param name="options">The campaign's.</param>
/// <param name="files">Where its files lie.</param>
/// <param name="settings">Settings of the run, <c>key=value</c>, besides those that every campaign has.</param>
internal sealed class FleetCommands(ChaosOptions options, FleetFiles files, string[] settings)
{
    // Writing beyond a limit on file sizes must fail, not kill.
    private static readonly string[] Shell = ["/bin/sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""];

    // Unrolls that are refused for their age are acknowledged but not learned from; without a limit every one can be counted.
    private static readonly string[] Settings = ["evaluation.episodes=0", "fleet.max_policy_age=0"];

    /// <summary>The learner's, which goes on where its run folder is there; what a resumed run takes from that may not be said again.</summary>
    /// <param name="environment">Environment that is trained on.</param>
    /// <param name="journal">Whether it keeps unrolls on disk.</param>
    public IReadOnlyList<string> Learner(string environment, bool journal)
    {
        bool resumes = Directory.Exists(files.Run);
        return
        [
            .. Shell,
            .. options.Command,
            "learner",
            .. resumes ? [] : (string[])[environment],
            "--steps",
            "1000000000000",
            "--listen",
            files.Address,
            resumes ? "--resume" : "--out",
            files.Run,
            .. resumes ? [] : (string[])["--continue"],
            "--audit",
            files.LearnerAudit,
            .. journal ? ["--journal"] : (string[])[],
            .. resumes ? [] : (string[])["--set", .. Settings, .. settings],
        ];
    }

    /// <summary>An actor's.</summary>
    /// <param name="name">Name of the actor.</param>
    /// <param name="more">Options besides.</param>
    public IReadOnlyList<string> Actor(string name, params string[] more) =>
        [
            .. options.Command,
            "actor",
            "--learner",
            files.Address,
            "--id",
            name,
            "--step-timeout",
            $"{(int)options.StepTimeout.TotalSeconds}",
            .. more,
        ];
}
