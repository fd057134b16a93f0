using Agents.Networks;
using Agents.Programs;
using Environments.State;

namespace Learners.Models;

/// <summary>How a target network follows the learned one.</summary>
/// <param name="Period">Batches between two moves, at least 1.</param>
/// <param name="Rate">Share τ of the way that a move goes, above 0: 1 copies, less averages (Polyak and Juditsky 1992; Lillicrap et al. 2016, section 3).</param>
/// <param name="Acts">Whether it acts; else it only says what the old policy was, and the learned network acts.</param>
internal readonly record struct TargetRule(int Period, float Rate = 1, bool Acts = true);

/// <summary>A network that follows the learned one in steps: it says what the old policy was, and acts where its rule says so. Owns its parameters.</summary>
/// <param name="spec">The network.</param>
/// <param name="parameters">The first copy.</param>
/// <param name="rule">When it moves, and how far.</param>
internal sealed class TargetNetwork(NetworkSpec spec, ReadOnlySpan<float> parameters, TargetRule rule) : IDisposable
{
    private readonly float[] _parameters = parameters.ToArray();
    private readonly IActorCriticNetwork _network = new ProgramNetwork(spec, parameters.ToArray());
    private long _batches;

    /// <summary>Its parameters.</summary>
    public ReadOnlySpan<float> Parameters => _parameters;

    /// <summary>Whether it acts.</summary>
    public bool Acts => rule.Acts;

    /// <summary>The network over them.</summary>
    public IActorCriticNetwork Network => _network;

    /// <summary>A batch was learned from; moves when the period is over.</summary>
    public void Follow(ReadOnlySpan<float> learned)
    {
        if (++_batches % rule.Period != 0)
        {
            return;
        }
        if (rule.Rate == 1)
        {
            learned.CopyTo(_parameters);
        }
        else
        {
            for (int i = 0; i < _parameters.Length; i++)
            {
                _parameters[i] += rule.Rate * (learned[i] - _parameters[i]);
            }
        }
        _network.LoadParameters(_parameters);
    }

    /// <summary>Sets a number that does not follow but is given.</summary>
    public void Give(ParameterSlot slot, float number)
    {
        _parameters[slot.Offset] = number;
        _network.LoadParameters(_parameters);
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
        _network.LoadParameters(_parameters);
        _batches = state.Get("batches", 0L, long.MaxValue / 2);
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
