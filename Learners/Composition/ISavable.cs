using Environments.State;

namespace Learners.Composition;

/// <summary>A part of a run whose state goes into checkpoints, so that a resumed run continues bit for bit.</summary>
public interface ISavable
{
    /// <summary>Saves a copy of all that what follows depends on.</summary>
    /// <param name="state">A scope of this part's own; names in it are free.</param>
    void SaveState(StateDictionary state);

    /// <summary>Continues from what <see cref="SaveState"/> saved.</summary>
    /// <param name="state">The same scope.</param>
    /// <exception cref="InvalidDataException">An entry is missing, or of another type or length than this part has.</exception>
    void LoadState(StateDictionary state);
}
