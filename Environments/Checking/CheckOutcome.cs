namespace Environments.Checking;

/// <summary>How one check of an environment ended.</summary>
public enum CheckOutcome
{
    /// <summary>What was looked for is not there.</summary>
    Passed,

    /// <summary>Allowed, but worth knowing.</summary>
    Noted,

    /// <summary>The check makes no sense for this environment, or could not be run; the result says why.</summary>
    Skipped,

    /// <summary>The environment breaks its contract.</summary>
    Failed,
}
