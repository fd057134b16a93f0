namespace Environments.Wrappers;

/// <summary>What modes of starting the next episode have in common.</summary>
internal static class AutoresetModes
{
    /// <summary>Whether a copy's next episode starts in the step after the one that ended its last, and not in that one.</summary>
    public static bool ResetsLater(this AutoresetMode mode) =>
        mode switch
        {
            AutoresetMode.SameStep => false,
            AutoresetMode.NextStep => true,
        };
}
