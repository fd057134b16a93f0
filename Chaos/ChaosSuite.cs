using Chaos.Artefacts;
using Chaos.Bodies;
using Chaos.Bridges;
using Chaos.Campaigns;
using Chaos.Fleets;
using Chaos.Fuzzing;
using Chaos.Messages;
using Environments;

namespace Chaos;

/// <summary>The fault campaigns that <c>agents chaos</c> runs. All but the one of settings start a real fleet of processes, break something, and count.</summary>
internal static class ChaosSuite
{
    private static readonly Dictionary<string, Func<ChaosOptions, CancellationToken, Task<ChaosReport>>> Campaigns = new()
    {
        ["actors"] = ActorKills.RunAsync,
        ["learner"] = LearnerKills.RunAsync,
        ["partition"] = Partition.RunAsync,
        ["hang"] = Hangs.RunAsync,
        ["messages"] = MessageCampaign.RunAsync,
        ["bodies"] = BodyCampaign.RunAsync,
        ["bridge"] = BridgeCampaign.RunAsync,
        ["disk"] = FullDisk.RunAsync,
        ["artefacts"] = ArtefactCampaign.RunAsync,
        ["soak"] = Soak.RunAsync,
        ["settings"] = SettingsCampaign.RunAsync,
    };

    /// <summary>Names of the campaigns.</summary>
    public static IEnumerable<string> Names => Campaigns.Keys;

    /// <summary>Runs a campaign.</summary>
    /// <exception cref="UnknownNameException">There is none of that name.</exception>
    /// <exception cref="NotSupportedException">The system is not Linux.</exception>
    /// <exception cref="IOException">The fleet did not get going, or did not recover.</exception>
    public static Task<ChaosReport> RunAsync(string name, ChaosOptions options, CancellationToken cancellationToken) =>
        Campaigns.TryGetValue(name, out Func<ChaosOptions, CancellationToken, Task<ChaosReport>>? campaign)
            ? campaign(options, cancellationToken)
            : throw new UnknownNameException(
                $"There is no campaign '{name}'.{NearestName.Suggest(name, Campaigns.Keys)} Choose one of {string.Join(", ", Campaigns.Keys)}."
            );
}
