namespace Agents.Policies;

/// <summary>What a policy decided for B rows. Owns its arrays; reused from step to step, so copy what must last.</summary>
public sealed class PolicyOutput
{
    private readonly float[] _samples;
    private readonly float[] _actions;
    private readonly float[] _logProbs;
    private readonly float[] _behaviourLogProbs;
    private readonly float[] _entropies;
    private readonly float[] _values;

    /// <summary>Room for <paramref name="count"/> rows of a policy's actions.</summary>
    /// <param name="count">Rows, B.</param>
    /// <param name="actionSize">Floats in one action.</param>
    /// <param name="distributionSize">Numbers that describe one distribution, P.</param>
    /// <param name="values">Whether there is room for values.</param>
    public PolicyOutput(int count, int actionSize, int distributionSize, bool values = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Count = count;
        _samples = new float[count * actionSize];
        _actions = new float[count * actionSize];
        _logProbs = new float[count];
        _behaviourLogProbs = new float[count];
        _entropies = new float[count];
        _values = new float[values ? count : 0];
        DistributionBuffer = new float[count * distributionSize];
    }

    /// <summary>Rows, B.</summary>
    public int Count { get; }

    /// <summary>
    /// Chosen actions, <c>[B, ActionSize]</c>: members of the action space, as an environment is given them. In a box they are the <see cref="Samples"/>
    /// after scaling and clipping.
    /// </summary>
    public Span<float> Actions => _actions;

    /// <summary>What was chosen of the distribution, <c>[B, ActionSize]</c>: what is learned from. In a box it may lie outside the bounds.</summary>
    public Span<float> Samples => _samples;

    /// <summary>Log-probability of each of the <see cref="Samples"/> in its row's distribution, <c>[B]</c>, however it was chosen.</summary>
    public Span<float> LogProbs => _logProbs;

    /// <summary>Log-probability with which each of the <see cref="Samples"/> was chosen, <c>[B]</c>: the <see cref="LogProbs"/> where they were drawn, 0 where they were certain.</summary>
    public Span<float> BehaviourLogProbs => _behaviourLogProbs;

    /// <summary>Entropy of each row's distribution in nats, <c>[B]</c>.</summary>
    public Span<float> Entropies => _entropies;

    /// <summary>Value of each observation, <c>[B]</c>; empty where they were not asked for.</summary>
    public Span<float> Values => _values;

    /// <summary>Parameters of each row's distribution, <c>[B, P]</c>.</summary>
    public ReadOnlySpan<float> Distributions => DistributionBuffer;

    internal float[] DistributionBuffer { get; }
}
