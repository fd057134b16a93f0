namespace Environments.Checking;

/// <summary>What all checks of an environment found.</summary>
/// <param name="Environment">Id of the environment.</param>
/// <param name="Results">One result per check, in the order in which they were made.</param>
public sealed record CheckReport(string Environment, IReadOnlyList<CheckResult> Results)
{
    /// <summary>Whether no check failed.</summary>
    public bool Passed => Results.All(result => result.Outcome != CheckOutcome.Failed);

    /// <summary>The results of one outcome.</summary>
    public IEnumerable<CheckResult> Of(CheckOutcome outcome) => Results.Where(result => result.Outcome == outcome);
}
