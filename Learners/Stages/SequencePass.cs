using Protos;

namespace Learners.Stages;

/// <summary>What a policy says of T steps of B rows, as <c>IActorCriticNetwork.Unroll</c> does.</summary>
/// <param name="steps">T.</param>
/// <param name="observations"><c>[T, B, ObservationSize]</c>.</param>
/// <param name="episodeStarts"><c>[T, B]</c>.</param>
/// <param name="coreState"><c>[B, CoreStateSize]</c>: before step 0 on entry, after the last step on return.</param>
/// <param name="distributions">Destination, <c>[T, B, P]</c>.</param>
/// <param name="values">Destination, <c>[T, B]</c>; empty to leave the critic out.</param>
internal delegate void StepFunction(
    int steps,
    ReadOnlySpan<float> observations,
    ReadOnlySpan<bool> episodeStarts,
    Span<float> coreState,
    Span<float> distributions,
    Span<float> values
);

/// <summary>
/// What one policy says of all observations of an unroll: those that were acted on, the one behind the last step, and those that episodes closed with.
/// Owns its arrays and is run again for the next unroll.
/// </summary>
/// <param name="network">The policy; it may be the agent's or one beside it.</param>
/// <param name="coreStateSize">Floats of its core state per row; 0 without memory.</param>
/// <param name="distributionSize">Numbers that describe one distribution, P.</param>
/// <param name="withNext">Whether <see cref="NextDistributions"/> are kept.</param>
/// <param name="withValues">Whether the critic is asked; without it and what is next, final observations are not looked at.</param>
internal sealed class SequencePass(
    StepFunction network,
    int coreStateSize,
    int distributionSize,
    bool withNext,
    bool withValues = true
)
{
    private float[] _distributions = [];
    private float[] _nextDistributions = [];
    private float[] _finalDistributions = [];
    private float[] _values = [];
    private float[] _nextValues = [];
    private float[] _finalValues = [];
    private float[] _state = [];
    private float[] _finalState = [];
    private bool[] _finalStarts = [];

    /// <summary>Parameters of the distributions, <c>[T + 1, B, P]</c>.</summary>
    public float[] Distributions => _distributions;

    /// <summary>Values, <c>[T + 1, B]</c>.</summary>
    public float[] Values => _values;

    /// <summary>
    /// Values of what each action led to, <c>[T, B]</c>: the next observation, or the one that the episode closed with. Where the task ended nothing
    /// follows, and the number means nothing or is 0.
    /// </summary>
    public float[] NextValues => _nextValues;

    /// <summary>Distributions of what each action led to, <c>[T, B, P]</c>, kept if asked for; of no meaning where the task ended.</summary>
    public float[] NextDistributions => _nextDistributions;

    /// <summary>Runs over an unroll.</summary>
    /// <param name="unroll">Steps, and where episodes ended.</param>
    /// <param name="observations">What the policy reads, <c>[T + 1, B, ObservationSize]</c>.</param>
    /// <param name="finals">What it reads of the observations that episodes closed with, <c>[FinalRows.Count, ObservationSize]</c>; may be longer.</param>
    /// <param name="coreState"><c>[B, CoreStateSize]</c>: before step 0 on entry, behind step T − 1 on return.</param>
    public void Run(Unroll unroll, ReadOnlySpan<float> observations, ReadOnlySpan<float> finals, Span<float> coreState)
    {
        Resize(unroll);
        if (coreStateSize > 0)
        {
            RunSteps(unroll, observations, finals, coreState);
        }
        else
        {
            RunRows(unroll, observations, finals);
        }
    }

    private void RunRows(Unroll unroll, ReadOnlySpan<float> observations, ReadOnlySpan<float> finals)
    {
        int copies = unroll.Copies;
        network(unroll.Steps + 1, observations, unroll.EpisodeStarts, [], _distributions, _values);
        if (withValues)
        {
            _values.AsSpan(copies).CopyTo(_nextValues);
        }
        if (withNext)
        {
            _distributions.AsSpan(copies * distributionSize).CopyTo(_nextDistributions);
        }
        int count = AsksFinals ? unroll.FinalRows.Count : 0;
        if (count == 0)
        {
            return;
        }
        int size = unroll.Shape.Observations.ObservationSize;
        Span<float> values = _finalValues.AsSpan(0, withValues ? count : 0);
        Span<float> distributions = FinalDistributions(count);
        network(1, finals[..(count * size)], _finalStarts.AsSpan(0, count), [], distributions, values);
        for (int i = 0; i < count; i++)
        {
            int row = unroll.FinalRows[i];
            if (withValues)
            {
                _nextValues[row] = values[i];
            }
            if (withNext)
            {
                distributions.Slice(i * distributionSize, distributionSize).CopyTo(Next(row));
            }
        }
    }

    // Step by step, since what is said of an episode's final observation needs the core state that led to it.
    private void RunSteps(Unroll unroll, ReadOnlySpan<float> observations, ReadOnlySpan<float> finals, Span<float> coreState)
    {
        int copies = unroll.Copies;
        int size = unroll.Shape.Observations.ObservationSize;
        Span<float> state = _state;
        coreState.CopyTo(state);
        int final = 0;
        for (int t = 0; t <= unroll.Steps; t++)
        {
            if (t == unroll.Steps)
            {
                state.CopyTo(coreState);
            }
            Span<float> distributions = _distributions.AsSpan(t * copies * distributionSize, copies * distributionSize);
            Span<float> values = withValues ? _values.AsSpan(t * copies, copies) : [];
            network(
                1,
                observations.Slice(t * copies * size, copies * size),
                unroll.EpisodeStarts.AsSpan(t * copies, copies),
                state,
                distributions,
                values
            );
            for (int b = 0; AsksFinals && t > 0 && b < copies; b++)
            {
                if (!unroll.EpisodeStarts[t * copies + b])
                {
                    KeepNext(
                        (t - 1) * copies + b,
                        withValues ? values[b] : 0,
                        distributions.Slice(b * distributionSize, distributionSize)
                    );
                }
            }
            for (; AsksFinals && final < unroll.FinalRows.Count && unroll.FinalRows[final] < (t + 1) * copies; final++)
            {
                int row = unroll.FinalRows[final];
                if (unroll.Terminated[row])
                {
                    _nextValues[row] = 0; // nothing follows, whatever the critic would say
                    continue;
                }
                state.Slice(row % copies * coreStateSize, coreStateSize).CopyTo(_finalState);
                Span<float> last = FinalDistributions(1);
                Span<float> value = withValues ? _nextValues.AsSpan(row, 1) : [];
                network(1, finals.Slice(final * size, size), [false], _finalState, last, value);
                KeepNext(row, withValues ? value[0] : 0, last);
            }
        }
    }

    private bool AsksFinals => withNext || withValues;

    private void KeepNext(int row, float value, ReadOnlySpan<float> distribution)
    {
        _nextValues[row] = value;
        if (withNext)
        {
            distribution.CopyTo(Next(row));
        }
    }

    private Span<float> Next(int row) => _nextDistributions.AsSpan(row * distributionSize, distributionSize);

    private Span<float> FinalDistributions(int rows)
    {
        if (_finalDistributions.Length < rows * distributionSize)
        {
            _finalDistributions = new float[rows * distributionSize];
        }
        return _finalDistributions.AsSpan(0, rows * distributionSize);
    }

    /// <summary>Makes room for an unroll; arrays that fit stay.</summary>
    public void Resize(Unroll unroll)
    {
        int count = unroll.Steps * unroll.Copies;
        int all = count + unroll.Copies;
        if (_nextValues.Length == count && _distributions.Length == all * distributionSize)
        {
            return;
        }
        _distributions = new float[all * distributionSize];
        _nextDistributions = new float[withNext ? count * distributionSize : 0];
        _values = new float[withValues ? all : 0];
        _nextValues = new float[count];
        _finalValues = new float[count];
        _finalStarts = new bool[count];
        _state = new float[unroll.Copies * coreStateSize];
        _finalState = new float[coreStateSize];
    }
}
