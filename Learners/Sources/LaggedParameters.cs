using Environments.State;

namespace Learners.Sources;

/// <summary>Parameters that act one publication after they were published, as an actor that records while the learner learns has them.</summary>
internal sealed class LaggedParameters
{
    private float[] _newest = [];
    private long _newestVersion = -1;

    /// <summary>The parameters that act now.</summary>
    public float[] Acting { get; private set; } = [];

    /// <summary>Updates that led to <see cref="Acting"/>.</summary>
    public long ActingVersion { get; private set; }

    /// <summary>Moves on by one publication; the first one acts at once.</summary>
    public void Publish(ReadOnlySpan<float> parameters, long version)
    {
        if (_newestVersion < 0)
        {
            _newest = parameters.ToArray();
            Acting = parameters.ToArray();
            ActingVersion = version;
        }
        else
        {
            (Acting, _newest) = (_newest, Acting);
            ActingVersion = _newestVersion;
            parameters.CopyTo(_newest);
        }
        _newestVersion = version;
    }

    /// <summary>Saves what acts; the newest parameters are the learner's to save.</summary>
    public void SaveState(StateDictionary state)
    {
        state.Set<float>("acting", Acting);
        state.Set("acting_version", ActingVersion);
    }

    /// <summary>Continues; the learner publishes its parameters next, which makes the saved ones act again.</summary>
    /// <param name="state">Where <see cref="SaveState"/> saved them.</param>
    /// <param name="count">Parameters of the network.</param>
    public void LoadState(StateDictionary state, int count)
    {
        _newest = new float[count];
        state.ReadFinite<float>("acting", _newest);
        Acting = new float[_newest.Length];
        _newestVersion = state.Get("acting_version", 0L, long.MaxValue / 2);
    }
}
