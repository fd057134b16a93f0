namespace Environments.Checking;

/// <summary>A result without the name of its check.</summary>
internal readonly record struct Finding(CheckOutcome Outcome, string Found, string Advice = "")
{
    public static Finding Pass(string found) => new(CheckOutcome.Passed, found);

    public static Finding Note(string found, string advice) => new(CheckOutcome.Noted, found, advice);

    public static Finding Fail(string found, string advice) => new(CheckOutcome.Failed, found, advice);

    public static Finding Skip(string why) => new(CheckOutcome.Skipped, why);
}
