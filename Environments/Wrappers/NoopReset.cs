using Environments.Randomness;
using Environments.State;

namespace Environments.Wrappers;

/// <summary>Begins every episode with 1 to n steps of doing nothing, so that starts differ (Mnih et al. 2015).</summary>
/// <remarks>
/// Doing nothing is action 0, or a vector of zeros. These steps count towards the environment's time limit; their rewards belong to nobody,
/// and an episode that ends among them is followed by the next one. Copy b draws from a child of seed + b.
/// </remarks>
public sealed class NoopReset : BatchedEnvironmentWrapper
{
    private const uint StreamKey = 0x0_00F;

    private readonly float[] _rewards;
    private readonly bool[] _terminated;
    private readonly bool[] _truncated;
    private readonly float[] _finalObservations;
    private readonly float[] _idle;
    private readonly bool[] _active;
    private readonly int[] _left;
    private readonly Pcg64[] _randoms;

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Environment that can step some copies only; owned from now on.</param>
    /// <param name="most">Largest number of steps, n, at least 1.</param>
    /// <exception cref="ArgumentException">Zero is no action of this environment.</exception>
    /// <exception cref="NotSupportedException">The environment resets in the step after an episode's end.</exception>
    public NoopReset(IBatchedEnvironment inner, int most)
        : base(inner)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(most, 1);
        FrameSkip.RequireSameStep(inner, nameof(NoopReset));
        _idle = new float[inner.Count * inner.Spec.ActionSpace.Size];
        if (!inner.Spec.ActionSpace.Contains(_idle.AsSpan(0, inner.Spec.ActionSpace.Size)))
        {
            throw new ArgumentException(
                $"{inner.Spec.Id} takes {inner.Spec.ActionSpace}, where zero is no action, so nothing can be done at a reset. Leave the no-ops out.",
                nameof(inner)
            );
        }
        Most = most;
        _rewards = new float[inner.Count];
        _terminated = new bool[inner.Count];
        _truncated = new bool[inner.Count];
        _finalObservations = new float[inner.Count * inner.Spec.ObservationSpace.Size];
        _active = new bool[inner.Count];
        _left = new int[inner.Count];
        _randoms = new Pcg64[inner.Count];
    }

    /// <summary>Largest number of steps, n.</summary>
    public int Most { get; }

    /// <inheritdoc/>
    public override ReadOnlySpan<float> FinalObservations => _finalObservations;

    /// <inheritdoc/>
    public override ReadOnlySpan<float> Rewards => _rewards;

    /// <inheritdoc/>
    public override ReadOnlySpan<bool> Terminated => _terminated;

    /// <inheritdoc/>
    public override ReadOnlySpan<bool> Truncated => _truncated;

    /// <inheritdoc/>
    public override void Reset(ulong seed)
    {
        Inner.Reset(seed);
        for (int i = 0; i < Count; i++)
        {
            _randoms[i] = new Pcg64(new SeedSequence(unchecked(seed + (ulong)i)).Child(StreamKey));
            _left[i] = _randoms[i].NextInt(1, Most + 1);
        }
        DoNothing();
        Array.Clear(_rewards);
        Array.Clear(_terminated);
        Array.Clear(_truncated);
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions)
    {
        Inner.Step(actions);
        TakeOver();
    }

    /// <inheritdoc/>
    public override void StepSome(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active)
    {
        Inner.StepSome(actions, active);
        TakeOver();
    }

    /// <inheritdoc/>
    protected override void SaveOwnState(StateDictionary state) => state.Set<Pcg64>("randoms", _randoms);

    /// <inheritdoc/>
    protected override void LoadOwnState(StateDictionary state) => state.Read<Pcg64>("randoms", _randoms);

    /// <summary>Keeps what the step gave before no-ops of other copies overwrite it.</summary>
    private void TakeOver()
    {
        Inner.Rewards.CopyTo(_rewards);
        Inner.Terminated.CopyTo(_terminated);
        Inner.Truncated.CopyTo(_truncated);
        int size = Spec.ObservationSpace.Size;
        bool any = false;
        for (int i = 0; i < Count; i++)
        {
            if (_terminated[i] | _truncated[i])
            {
                Inner.FinalObservations.Slice(i * size, size).CopyTo(_finalObservations.AsSpan(i * size));
                _left[i] = _randoms[i].NextInt(1, Most + 1);
                any = true;
            }
        }
        if (any)
        {
            DoNothing();
        }
    }

    private void DoNothing()
    {
        while (true)
        {
            bool any = false;
            for (int i = 0; i < Count; i++)
            {
                _active[i] = _left[i] > 0;
                any |= _active[i];
                _left[i] = Math.Max(0, _left[i] - 1);
            }
            if (!any)
            {
                return;
            }
            Inner.StepSome(_idle, _active);
        }
    }
}
