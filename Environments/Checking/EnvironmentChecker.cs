namespace Environments.Checking;

/// <summary>Looks for what is wrong with an environment before an agent is trained on it: what <c>agents check</c> does.</summary>
/// <remarks>
/// Takes environments of every kind: built in, own ones in C#, those behind the bridge (<c>gym:…</c>) and remote ones (<c>grpc://…</c>). Plays random actions, so what
/// only a good player reaches is not seen. Read next: the checks beside this file, one method each.
/// </remarks>
public static class EnvironmentChecker
{
    // In this order: what later checks build on comes first.
    private static readonly (string Name, Func<Subject, Finding> Check)[] Checks =
    [
        ("spaces", SpaceChecks.Spaces),
        ("shapes", SpaceChecks.Shapes),
        ("element types", SpaceChecks.Types),
        ("bounds", SpaceChecks.Bounds),
        ("all written", SpaceChecks.Written),
        ("rewards", SpaceChecks.Rewards),
        ("actions taken", ActionChecks.Accepted),
        ("actions refused", ActionChecks.Refused),
        ("resting copies", ActionChecks.Resting),
        ("same seed", SeedChecks.SameSeed),
        ("other seeds", SeedChecks.DifferentSeeds),
        ("copies", SeedChecks.Copies),
        ("autoreset", EpisodeChecks.Autoreset),
        ("final observation", EpisodeChecks.FinalObservation),
        ("earlier episodes", EpisodeChecks.Memory),
        ("step limit", EpisodeChecks.TimeLimit),
        ("info", LifeChecks.Info),
        ("saved state", LifeChecks.State),
        ("timing", LifeChecks.Timing),
        ("disposal", LifeChecks.Disposal),
    ];

    /// <summary>Names of all checks.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. Checks.Select(check => check.Name)];

    /// <summary>Checks an environment.</summary>
    /// <param name="id">Environment.</param>
    /// <param name="registry">Where it is looked up; null for the default.</param>
    /// <param name="settings">How thoroughly; null for the defaults.</param>
    /// <param name="cancellationToken">Stops with <see cref="OperationCanceledException"/>.</param>
    /// <returns>What every check found. An exception of the environment is a finding, too.</returns>
    /// <exception cref="UnknownNameException">The id or an option is unknown.</exception>
    /// <exception cref="InvalidOptionException">An option's value is not possible.</exception>
    /// <exception cref="NotSupportedException">What it needs, such as Python or MuJoCo, is not installed.</exception>
    /// <exception cref="IOException">Its server cannot be reached.</exception>
    public static CheckReport Check(
        string id,
        EnvironmentRegistry? registry = null,
        CheckSettings? settings = null,
        CancellationToken cancellationToken = default
    )
    {
        settings ??= new CheckSettings();
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Steps, 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Copies, 2);
        using var subject = new Subject(registry ?? EnvironmentRegistry.Default, id, settings, cancellationToken);
        var results = new List<CheckResult>(Checks.Length);
        string? broken = null; // the check in which the environment raised an exception first
        foreach ((string name, Func<Subject, Finding> check) in Checks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Finding finding;
            try
            {
                finding = check(subject);
            }
            catch (Exception exception) when (exception is not OperationCanceledException and not OutOfMemoryException)
            {
                string found = $"{exception.GetType().Name}: {exception.Message}";
                finding = broken is null
                    ? Finding.Fail(found, "Correct what raises it; the environment may be stepped at any time after a reset.")
                    : Finding.Skip($"See '{broken}'; here too {found}");
                broken ??= name;
            }
            broken ??= name == "element types" && finding.Outcome == CheckOutcome.Failed ? name : null;
            results.Add(new CheckResult(name, finding.Outcome, finding.Found, finding.Advice));
        }
        return new CheckReport(subject.Spec.Id, results);
    }
}
