using Agents.Kernels;
using Environments.State;
using Protos.Foreign;

namespace Learners.Checkpoints;

/// <summary>Which instructions computed a saved run: others add up in another order, so that a run which goes on with them is not the same to the bit.</summary>
internal static class SavedInstructionSet
{
    private const string Name = "instruction_set";

    /// <summary>Notes those of this machine.</summary>
    public static void Save(StateDictionary state) => state.Set<char>(Name, InstructionSet.Name);

    /// <summary>Warns where this machine has others.</summary>
    /// <param name="state">What a run was saved with.</param>
    /// <param name="warn">Receives the warning; null for nobody.</param>
    public static void Compare(StateDictionary state, Action<string>? warn)
    {
        if (!state.Contains(Name))
        {
            return;
        }
        string before = new(state.GetArray<char>(Name));
        if (before != InstructionSet.Name)
        {
            warn?.Invoke(
                $"The run was computed with {ForeignText.Show(before)} until now and goes on with {InstructionSet.Name}, whose sums are rounded in another order: its parameters will not be those of a run on one of them, bit for bit."
            );
        }
    }
}
