using System.Runtime.CompilerServices;
using Environments.Randomness;

namespace Environments.Tabular;

/// <summary>A model packed for stepping: 4 bytes an outcome, one uniform draw a step, no branch that depends on it.</summary>
/// <remarks>
/// Draws as Gymnasium's toy texts do: the first index whose cumulative probability exceeds one uniform, index 0 if rounding leaves none.
/// The uniform is drawn even where there is nothing to choose, at resets too.
/// </remarks>
internal sealed class TransitionTable
{
    private readonly uint[] _outcomes; // [S, A, width]: next state, then one bit for termination, then the index of the reward
    private readonly long[] _thresholds; // [S, A, width - 1]: greatest draw of 53 bits that does not pass the cumulative probability
    private readonly float[] _rewards;
    private readonly int _actionCount;
    private readonly int _width;
    private readonly int[] _startStates; // those of positive probability, ascending
    private readonly double[] _startCumulative;
    private readonly int[] _startGuide; // where to begin looking for a uniform in the i-th of equal parts

    public TransitionTable(ITabularModel model)
    {
        _actionCount = model.ActionCount;
        int rows = model.StateCount * model.ActionCount;
        _width = Enumerable.Range(0, rows).Max(row => Width(model.Transitions(row / _actionCount, row % _actionCount)));
        _outcomes = new uint[rows * _width];
        _thresholds = new long[rows * (_width - 1)];
        Array.Fill(_thresholds, long.MaxValue); // where the list is shorter
        var rewards = new List<float>();
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<Transition> transitions = model.Transitions(row / _actionCount, row % _actionCount);
            double cumulative = 0;
            for (int i = 0; i < _width; i++)
            {
                _outcomes[row * _width + i] = Pack(transitions[i < transitions.Length ? i : 0], rewards);
                if (i < transitions.Length && i < _width - 1)
                {
                    cumulative += transitions[i].Probability;
                    _thresholds[row * (_width - 1) + i] = (long)Math.Ceiling(cumulative * (1L << 53)) - 1;
                }
            }
        }
        _rewards = [.. rewards];
        (_startStates, _startCumulative, _startGuide) = Starts(model.StartProbabilities);
    }

    /// <summary>Draws a start state.</summary>
    public int Start(ref Pcg64 random)
    {
        double draw = random.NextDouble();
        if (_startStates.Length == 1)
        {
            return _startStates[0];
        }
        int index = _startGuide[(int)(draw * _startGuide.Length)];
        while (index < _startCumulative.Length && _startCumulative[index] <= draw)
        {
            index++;
        }
        return index < _startStates.Length ? _startStates[index] : 0;
    }

    /// <summary>Draws what follows an action and moves there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ref int state, int action, ref Pcg64 random)
    {
        long draw = (long)(random.NextUInt64() >> 11); // the uniform, times 2^53
        int row = state * _actionCount + action;
        int drawn = row * _width;
        for (int i = row * (_width - 1), end = i + _width - 1; i < end; i++)
        {
            drawn += (int)((ulong)(_thresholds[i] - draw) >> 63); // 1 if the draw is greater; a comparison would be compiled to a branch
        }
        uint outcome = _outcomes[drawn];
        state = (int)(outcome & 0xFFFF);
        return new StepResult(_rewards[outcome >> 17], (outcome & 0x10000) != 0);
    }

    // One more than there are transitions where rounding keeps their sum below 1: a draw above it takes the first.
    private static int Width(ReadOnlySpan<Transition> transitions)
    {
        double sum = 0;
        foreach (Transition transition in transitions)
        {
            sum += transition.Probability;
        }
        return transitions.Length > 1 && sum < 1 ? transitions.Length + 1 : transitions.Length;
    }

    private static uint Pack(Transition transition, List<float> rewards)
    {
        int reward = rewards.IndexOf((float)transition.Reward);
        if (reward < 0)
        {
            reward = rewards.Count;
            rewards.Add((float)transition.Reward);
        }
        return (uint)transition.NextState | (transition.Terminated ? 0x10000u : 0) | (uint)reward << 17;
    }

    private static (int[] States, double[] Cumulative, int[] Guide) Starts(ReadOnlySpan<double> probabilities)
    {
        var states = new List<int>();
        var cumulative = new List<double>();
        double sum = 0;
        for (int state = 0; state < probabilities.Length; state++)
        {
            if (probabilities[state] > 0)
            {
                states.Add(state);
                cumulative.Add(sum += probabilities[state]);
            }
        }
        var guide = new int[states.Count];
        for (int i = 0, index = 0; i < guide.Length; i++)
        {
            while (index < cumulative.Count && cumulative[index] < (double)i / guide.Length)
            {
                index++;
            }
            guide[i] = Math.Max(0, index - 1); // one early, since the part of a draw is rounded too
        }
        return ([.. states], [.. cumulative], guide);
    }
}
