using Environments.Spaces;

namespace Environments;

/// <summary>What is said of numbers that an environment must not show, or must not be given.</summary>
internal static class RowFaults
{
    private const int Shown = 8;

    /// <summary>The exception of an environment that showed what cannot be.</summary>
    /// <param name="check">The check that found it.</param>
    /// <param name="spec">The environment.</param>
    /// <param name="what">What it showed, such as <c>observation</c>.</param>
    /// <param name="rows">The rows that were checked.</param>
    /// <param name="fault">What <see cref="RowCheck.FindFault"/> found in them.</param>
    /// <param name="where">Step and copy.</param>
    public static EnvironmentFaultException Fault(
        this RowCheck check,
        EnvironmentSpec spec,
        string what,
        ReadOnlySpan<float> rows,
        int fault,
        string where
    ) => new($"{spec.Id} gave the {what} {rows[fault]} {where}, as {check.Describe(fault)}. Correct the environment.");

    /// <summary>Refuses actions of which one cannot be.</summary>
    /// <param name="check">The check of the actions.</param>
    /// <param name="spec">Whose actions they are.</param>
    /// <param name="actions"><c>[B, ActionSize]</c>.</param>
    /// <exception cref="ArgumentException">One cannot be; the message names it, its element and the space.</exception>
    public static void RequireActions(this RowCheck check, EnvironmentSpec spec, ReadOnlySpan<float> actions)
    {
        int fault = check.FindFault(actions);
        if (fault < 0)
        {
            return;
        }
        int copy = fault / check.Size;
        ReadOnlySpan<float> action = actions.Slice(copy * check.Size, check.Size);
        string values =
            string.Join(", ", action[..Math.Min(Shown, action.Length)].ToArray()) + (action.Length > Shown ? ", …" : "");
        throw new ArgumentException(
            $"Action [{values}] of copy {copy} is not in {spec.ActionSpace} of {spec.Id}: it holds {actions[fault]} as {check.Describe(fault)}.",
            nameof(actions)
        );
    }
}
