using Agents.Networks;
using Environments.State;

namespace Learners.ActorCritic;

/// <summary>A copy of the network that follows the learned one in steps: it acts, and says what the old policy was. Owns its parameters.</summary>
/// <param name="spec">The network.</param>
/// <param name="parameters">The first copy.</param>
/// <param name="period">Batches between two copies.</param>
internal sealed class TargetNetwork(NetworkSpec spec, ReadOnlySpan<float> parameters, int period) : IDisposable
{
    private readonly float[] _parameters = parameters.ToArray();
    private readonly IActorCriticNetwork _network = new ProgramNetwork(spec, parameters.ToArray());
    private long _batches;

    /// <summary>The copied parameters.</summary>
    public ReadOnlySpan<float> Parameters => _parameters;

    /// <summary>The network over the copy.</summary>
    public IActorCriticNetwork Network => _network;

    /// <summary>A batch was learned from; copies the parameters when the period is over.</summary>
    public void Follow(ReadOnlySpan<float> parameters)
    {
        if (++_batches % period == 0)
        {
            Load(parameters);
        }
    }

    /// <summary>Saves the copy.</summary>
    public void SaveState(StateDictionary state)
    {
        state.Set<float>("parameters", _parameters);
        state.Set("batches", _batches);
    }

    /// <summary>Continues from a saved state.</summary>
    public void LoadState(StateDictionary state)
    {
        state.ReadFinite<float>("parameters", _parameters);
        Load(_parameters);
        _batches = state.Get("batches", 0L, long.MaxValue / 2);
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();

    private void Load(ReadOnlySpan<float> parameters)
    {
        parameters.CopyTo(_parameters);
        _network.LoadParameters(_parameters);
    }
}
