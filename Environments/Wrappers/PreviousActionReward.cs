using Environments.Spaces;
using Environments.State;

namespace Environments.Wrappers;

/// <summary>Shows the previous action and reward beside the observation, as agents that learn within an episode need (Wang et al. 2016).</summary>
/// <remarks>
/// Appended are the action, its integers as one-hot vectors, and the reward; both are zeros at the start of an episode. A vector stays a
/// <see cref="Box"/>; other observations become a <see cref="Dict"/> of <c>observation</c>, <c>previous_action</c> and <c>previous_reward</c>,
/// whose rows hold the same numbers in the same order. Rewards are the raw ones when this layer stands below those that change them,
/// which it should, so that a saved policy sees what it was trained on. With three actions:
/// <code>
/// step                 Reset          Step (action 2)   Step (action 0, ends)
/// inner observation    a              b                 d  (final c)
/// observation          a 0 0 0 0      b 0 0 1 r1        d 0 0 0 0
/// final observation                                     c 1 0 0 r2
/// </code>
/// </remarks>
public sealed class PreviousActionReward : BatchedEnvironmentWrapper
{
    private readonly EnvironmentSpec _spec;
    private readonly int _innerSize;
    private readonly int _size;
    private readonly float[] _observations;
    private readonly float[] _finalObservations;
    private readonly bool[] _awaitsReset; // only where episodes start in the step after the end

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Wrapped environment; owned from now on.</param>
    /// <exception cref="ArgumentException">Its actions are a <see cref="Dict"/>.</exception>
    public PreviousActionReward(IBatchedEnvironment inner)
        : base(inner)
    {
        Space observations = inner.Spec.ObservationSpace;
        (float[] low, float[] high) = ActionBounds(inner.Spec);
        float[] rewardLow = [float.NegativeInfinity];
        float[] rewardHigh = [float.PositiveInfinity];
        Space space = observations is Box { Shape.Length: 1, ElementType: ElementType.Float32 } box
            ? new Box([.. box.Low, .. low, .. rewardLow], [.. box.High, .. high, .. rewardHigh])
            : new Dict(
                KeyValuePair.Create("observation", observations),
                KeyValuePair.Create<string, Space>("previous_action", new Box(low, high)),
                KeyValuePair.Create<string, Space>("previous_reward", new Box(rewardLow, rewardHigh))
            );
        _spec = inner.Spec with { ObservationSpace = space };
        _innerSize = observations.Size;
        _size = space.Size;
        _observations = new float[inner.Count * _size];
        _finalObservations = new float[inner.Count * _size];
        _awaitsReset = new bool[inner.Count];
    }

    /// <inheritdoc/>
    public override EnvironmentSpec Spec => _spec;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Observations => _observations;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> FinalObservations => _finalObservations;

    /// <inheritdoc/>
    public override void Reset(ulong seed)
    {
        Inner.Reset(seed);
        for (int i = 0; i < Count; i++)
        {
            ShowFirst(i);
        }
        Array.Clear(_awaitsReset);
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions)
    {
        Inner.Step(actions);
        ReadOnlySpan<bool> terminated = Inner.Terminated;
        ReadOnlySpan<bool> truncated = Inner.Truncated;
        for (int i = 0; i < Count; i++)
        {
            if (_awaitsReset[i])
            {
                ShowFirst(i);
                _awaitsReset[i] = false;
            }
            else if (terminated[i] | truncated[i])
            {
                Span<float> final = RowOf(_finalObservations, i);
                Show(Inner.FinalObservations, actions, i, final);
                if (AutoresetMode.ResetsLater())
                {
                    final.CopyTo(RowOf(_observations, i));
                    _awaitsReset[i] = true;
                }
                else
                {
                    ShowFirst(i);
                }
            }
            else
            {
                Show(Inner.Observations, actions, i, RowOf(_observations, i));
            }
        }
    }

    /// <inheritdoc/>
    internal override bool FollowsActionClip => true;

    /// <inheritdoc/>
    protected override void SaveOwnState(StateDictionary state)
    {
        state.Set<float>("observations", _observations);
        state.Set<bool>("awaits_reset", _awaitsReset);
    }

    /// <inheritdoc/>
    protected override void LoadOwnState(StateDictionary state)
    {
        state.Read<float>("observations", _observations);
        state.Read<bool>("awaits_reset", _awaitsReset);
    }

    private static (float[] Low, float[] High) ActionBounds(EnvironmentSpec spec)
    {
        int oneHot = spec.ActionSpace switch
        {
            Discrete discrete => discrete.Count,
            MultiDiscrete multi => Sum(multi.Counts),
            MultiBinary bits => bits.Count,
            Box => 0,
            _ => throw new ArgumentException(
                $"{spec.Id} takes {spec.ActionSpace}; the previous action of a Dict cannot be shown."
            ),
        };
        if (spec.ActionSpace is Box box)
        {
            // A Box's bounds may be exceeded, and 0 stands for no action.
            var unbounded = new float[box.Size];
            Array.Fill(unbounded, float.PositiveInfinity);
            return ([.. unbounded.Select(bound => -bound)], unbounded);
        }
        var high = new float[oneHot];
        Array.Fill(high, 1);
        return (new float[oneHot], high);
    }

    private Span<float> RowOf(float[] rows, int copy) => rows.AsSpan(copy * _size, _size);

    private void ShowFirst(int copy)
    {
        Span<float> row = RowOf(_observations, copy);
        Inner.Observations.Slice(copy * _innerSize, _innerSize).CopyTo(row);
        row[_innerSize..].Clear();
    }

    private void Show(ReadOnlySpan<float> inner, ReadOnlySpan<float> actions, int copy, Span<float> row)
    {
        inner.Slice(copy * _innerSize, _innerSize).CopyTo(row);
        Space space = _spec.ActionSpace;
        ReadOnlySpan<float> action = actions.Slice(copy * space.Size, space.Size);
        Span<float> shown = row[_innerSize..^1];
        switch (space)
        {
            case Discrete:
                shown.Clear();
                shown[(int)action[0]] = 1;
                break;
            case MultiDiscrete multi:
                shown.Clear();
                for (int i = 0; i < action.Length; i++)
                {
                    shown[(int)action[i]] = 1;
                    shown = shown[multi.Counts[i]..];
                }
                break;
            default:
                action.CopyTo(shown);
                break;
        }
        row[^1] = Inner.Rewards[copy];
    }

    private static int Sum(ReadOnlySpan<int> counts)
    {
        int sum = 0;
        foreach (int count in counts)
        {
            sum += count;
        }
        return sum;
    }
}
