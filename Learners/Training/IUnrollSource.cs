using Environments.State;
using Protos;

namespace Learners.Training;

/// <summary>Where a learner gets its unrolls: from environments stepped there and then, or from remote actors.</summary>
internal interface IUnrollSource : IDisposable
{
    /// <summary>The next unroll; valid until the following call.</summary>
    ValueTask<Unroll> NextAsync(CancellationToken cancellationToken);

    /// <summary>Hands newer parameters to whoever acts.</summary>
    /// <param name="parameters">Flat buffer, copied before the call returns.</param>
    /// <param name="version">Updates that led to them.</param>
    void Publish(ReadOnlySpan<float> parameters, long version);

    /// <summary>Saves all that the next unroll depends on.</summary>
    void SaveState(StateDictionary state);

    /// <summary>Continues from a saved state.</summary>
    void LoadState(StateDictionary state);
}
