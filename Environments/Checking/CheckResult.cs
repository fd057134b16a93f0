namespace Environments.Checking;

/// <summary>What one check found.</summary>
/// <param name="Name">What was checked, such as <c>seeding</c>.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Found">What was seen, in one sentence.</param>
/// <param name="Advice">What to do about it; empty where there is nothing to do.</param>
public sealed record CheckResult(string Name, CheckOutcome Outcome, string Found, string Advice = "");
