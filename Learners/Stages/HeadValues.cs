using Agents.Networks;

namespace Learners.Stages;

/// <summary>What a further head of the agent's network, of one number, says of all observations of an unroll.</summary>
internal sealed class HeadValues
{
    private readonly IActorCriticNetwork _network;
    private readonly string _head;
    private readonly SequencePass _pass;
    private float[] _rows = [];
    private float[] _state = [];

    /// <summary>A head.</summary>
    /// <param name="network">The agent's network; not owned.</param>
    /// <param name="head">Name of the head.</param>
    public HeadValues(IActorCriticNetwork network, string head)
    {
        (_network, _head) = (network, head);
        _pass = new SequencePass(Say, network.Spec.CoreStateSize, 0, withNext: false);
    }

    /// <inheritdoc cref="SequencePass.Values"/>
    public float[] Values => _pass.Values;

    /// <inheritdoc cref="SequencePass.NextValues"/>
    public float[] NextValues => _pass.NextValues;

    /// <summary>Asks it about an unroll.</summary>
    public void Evaluate(UnrollEvaluator unroll)
    {
        if (_state.Length != unroll.Unroll.InitialCoreState.Length)
        {
            _state = new float[unroll.Unroll.InitialCoreState.Length];
        }
        unroll.Unroll.InitialCoreState.CopyTo(_state, 0);
        _pass.Run(unroll.Unroll, unroll.Observations, unroll.FinalObservations, _state);
    }

    private void Say(
        int steps,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> starts,
        Span<float> state,
        Span<float> distributions,
        Span<float> values
    )
    {
        if (_rows.Length < values.Length)
        {
            _rows = new float[values.Length];
        }
        _network.UnrollHeads(steps, observations, starts, state, [new HeadRows(_head, _rows)]);
        _rows.AsSpan(0, values.Length).CopyTo(values);
    }
}
