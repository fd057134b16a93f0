using Environments.Randomness;
using Environments.State;

namespace Environments.Wrappers;

/// <summary>Repeats the previous action with probability p instead of taking the given one, so that no fixed sequence of actions wins (Machado et al. 2018).</summary>
/// <remarks>
/// An episode's first action is always taken. What counts as previous is the action that was carried out, so a repeated one may be
/// repeated again. Copy b draws from a child of seed + b, so results do not depend on how copies are shared out.
/// </remarks>
public sealed class StickyActions : BatchedEnvironmentWrapper
{
    private const uint StreamKey = 0x57_1C;

    private readonly float[] _executed;
    private readonly bool[] _episodeStarts;
    private readonly Pcg64[] _randoms;
    private readonly int _actionSize;

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Wrapped environment; owned from now on.</param>
    /// <param name="probability">Chance that the previous action is repeated, p, in [0, 1).</param>
    /// <exception cref="NotSupportedException">The environment resets in the step after an episode's end.</exception>
    public StickyActions(IBatchedEnvironment inner, double probability)
        : base(inner)
    {
        if (!(probability is >= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(probability),
                $"The probability of repeating an action is {probability}; it must be at least 0 and below 1."
            );
        }
        FrameSkip.RequireSameStep(inner, nameof(StickyActions));
        Probability = probability;
        _actionSize = inner.Spec.ActionSpace.Size;
        _executed = new float[inner.Count * _actionSize];
        _episodeStarts = new bool[inner.Count];
        _randoms = new Pcg64[inner.Count];
    }

    /// <summary>Chance that the previous action is repeated, p.</summary>
    public double Probability { get; }

    /// <inheritdoc/>
    public override void Reset(ulong seed)
    {
        Inner.Reset(seed);
        for (int i = 0; i < Count; i++)
        {
            _randoms[i] = new Pcg64(new SeedSequence(unchecked(seed + (ulong)i)).Child(StreamKey));
        }
        Array.Fill(_episodeStarts, true);
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions)
    {
        if (actions.Length != _executed.Length)
        {
            Inner.Step(actions); // which says what is wrong
        }
        for (int i = 0; i < Count; i++)
        {
            Choose(i, actions);
        }
        Inner.Step(_executed);
        for (int i = 0; i < Count; i++)
        {
            _episodeStarts[i] = Inner.Terminated[i] | Inner.Truncated[i];
        }
    }

    /// <inheritdoc/>
    public override void StepSome(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active)
    {
        for (int i = 0; i < Count; i++)
        {
            if (active[i])
            {
                Choose(i, actions);
            }
        }
        Inner.StepSome(_executed, active);
        for (int i = 0; i < Count; i++)
        {
            if (active[i])
            {
                _episodeStarts[i] = Inner.Terminated[i] | Inner.Truncated[i];
            }
        }
    }

    /// <inheritdoc/>
    protected override void SaveOwnState(StateDictionary state)
    {
        state.Set<float>("executed", _executed);
        state.Set<bool>("episode_starts", _episodeStarts);
        state.Set<Pcg64>("randoms", _randoms);
    }

    /// <inheritdoc/>
    protected override void LoadOwnState(StateDictionary state)
    {
        state.Read<float>("executed", _executed);
        state.Read<bool>("episode_starts", _episodeStarts);
        state.Read<Pcg64>("randoms", _randoms);
    }

    private void Choose(int copy, ReadOnlySpan<float> actions)
    {
        if (_episodeStarts[copy] || _randoms[copy].NextDouble() >= Probability)
        {
            actions.Slice(copy * _actionSize, _actionSize).CopyTo(_executed.AsSpan(copy * _actionSize));
        }
    }
}
