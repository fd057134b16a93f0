using Environments.Spaces;
using Environments.State;

namespace Environments.Wrappers;

/// <summary>Shows the last n observations at once, oldest first, for agents without a memory of their own.</summary>
/// <remarks>
/// An episode's first observation fills the whole stack, and no stack crosses a reset; with n = 3:
/// <code>
/// step                 Reset    Step     Step     Step (ends)        Step
/// inner observation    a        b        c        e  (final d)       f
/// observation          a a a    a a b    a b c    e e e              e e f
/// final observation                               b c d
/// </code>
/// </remarks>
public sealed class FrameStack : BatchedEnvironmentWrapper
{
    private readonly EnvironmentSpec _spec;
    private readonly int _frameSize;
    private readonly int _stackSize;
    private readonly float[] _observations;
    private readonly float[] _finalObservations;
    private readonly bool[] _awaitsReset; // only where episodes start in the step after the end

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Environment with a <see cref="Box"/> of observations; owned from now on.</param>
    /// <param name="frames">Observations in a stack, n, at least 1.</param>
    /// <exception cref="ArgumentException">The observations are no box, or <paramref name="frames"/> is below 1.</exception>
    public FrameStack(IBatchedEnvironment inner, int frames)
        : base(inner)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        if (inner.Spec.ObservationSpace is not Box box)
        {
            throw new ArgumentException(
                $"{inner.Spec.Id} shows {inner.Spec.ObservationSpace}; only observations of a Box can be stacked. Use an agent with memory.",
                nameof(inner)
            );
        }
        Frames = frames;
        _frameSize = box.Size;
        _stackSize = frames * box.Size;
        var low = new float[_stackSize];
        var high = new float[_stackSize];
        for (int i = 0; i < _stackSize; i += _frameSize)
        {
            box.Low.CopyTo(low.AsSpan(i));
            box.High.CopyTo(high.AsSpan(i));
        }
        _spec = inner.Spec with
        {
            ObservationSpace = new Box(low, high, [frames, .. box.Shape]) { ElementType = box.ElementType },
        };
        _observations = new float[inner.Count * _stackSize];
        _finalObservations = new float[inner.Count * _stackSize];
        _awaitsReset = new bool[inner.Count];
    }

    /// <summary>Observations in a stack, n.</summary>
    public int Frames { get; }

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
            Fill(i);
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
                Fill(i);
                _awaitsReset[i] = false;
            }
            else if (terminated[i] | truncated[i])
            {
                Push(Inner.FinalObservations, i);
                StackOf(_observations, i).CopyTo(StackOf(_finalObservations, i));
                if (AutoresetMode.ResetsLater())
                {
                    _awaitsReset[i] = true;
                }
                else
                {
                    Fill(i);
                }
            }
            else
            {
                Push(Inner.Observations, i);
            }
        }
    }

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

    private Span<float> StackOf(float[] stacks, int copy) => stacks.AsSpan(copy * _stackSize, _stackSize);

    private void Fill(int copy)
    {
        ReadOnlySpan<float> frame = Inner.Observations.Slice(copy * _frameSize, _frameSize);
        Span<float> stack = StackOf(_observations, copy);
        for (int i = 0; i < stack.Length; i += _frameSize)
        {
            frame.CopyTo(stack[i..]);
        }
    }

    private void Push(ReadOnlySpan<float> frames, int copy)
    {
        Span<float> stack = StackOf(_observations, copy);
        stack[_frameSize..].CopyTo(stack);
        frames.Slice(copy * _frameSize, _frameSize).CopyTo(stack[^_frameSize..]);
    }
}
