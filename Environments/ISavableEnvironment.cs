using Environments.State;

namespace Environments;

/// <summary>Says how an environment that holds references is saved, so that a run can be resumed in the middle of its episodes.</summary>
public interface ISavableEnvironment
{
    /// <summary>Saves all that the next step depends on; the generator is saved by the batch.</summary>
    void SaveState(StateDictionary state);

    /// <summary>Continues from what <see cref="SaveState"/> saved.</summary>
    void LoadState(StateDictionary state);
}
