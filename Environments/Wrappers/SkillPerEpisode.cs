using Environments.Randomness;
using Environments.Spaces;
using Environments.State;

namespace Environments.Wrappers;

/// <summary>Draws a skill z for each episode, uniformly from 0 to K − 1, and shows it beside the observation (Eysenbach et al. 2018).</summary>
/// <remarks>
/// Observations become a <see cref="Dict"/> of <c>observation</c> and <c>skill</c>, or a Dict with one entry more; a row holds the same numbers as before, and the
/// skill behind them. What a skill means, a policy has to learn: <c>diayn</c> rewards skills that can be told apart. Copy b draws from a child of
/// seed + b, so skills do not depend on how copies are shared out.
/// <code>
/// step                 Reset    Step     Step (ends)        Step
/// inner observation    a        b        d  (final c)       e
/// observation          a 2      b 2      d 0  (final c 2)   e 0
/// </code>
/// </remarks>
public sealed class SkillPerEpisode : BatchedEnvironmentWrapper
{
    private const uint StreamKey = 0x5_C11;

    private readonly EnvironmentSpec _spec;
    private readonly int? _only;
    private readonly int _innerSize;
    private readonly int _size;
    private readonly float[] _observations;
    private readonly float[] _finalObservations;
    private readonly int[] _skills;
    private readonly Pcg64[] _randoms;
    private readonly bool[] _awaitsReset; // only where episodes start in the step after the end

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Wrapped environment; owned from now on.</param>
    /// <param name="count">Skills, K, at least 1.</param>
    /// <param name="only">The skill of every episode, 0 to K − 1; null for one drawn anew each time.</param>
    /// <exception cref="ArgumentException">Its observations have an entry <c>skill</c> already.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such skill.</exception>
    public SkillPerEpisode(IBatchedEnvironment inner, int count, int? only = null)
        : base(inner)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (only is { } skill)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(skill, nameof(only));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(skill, count, nameof(only));
        }
        Space space = SkillSpace.Around(inner.Spec.ObservationSpace, count);
        _spec = inner.Spec with { ObservationSpace = space };
        Skills = count;
        _only = only;
        _innerSize = inner.Spec.ObservationSpace.Size;
        _size = space.Size;
        _observations = new float[inner.Count * _size];
        _finalObservations = new float[inner.Count * _size];
        _skills = new int[inner.Count];
        _randoms = new Pcg64[inner.Count];
        _awaitsReset = new bool[inner.Count];
    }

    /// <summary>Skills, K.</summary>
    public int Skills { get; }

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
            _randoms[i] = new Pcg64(new SeedSequence(unchecked(seed + (ulong)i)).Child(StreamKey));
            Begin(i);
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
                Begin(i);
                _awaitsReset[i] = false;
            }
            else if (terminated[i] | truncated[i])
            {
                Show(Inner.FinalObservations, i, _finalObservations);
                if (AutoresetMode.ResetsLater())
                {
                    Show(Inner.Observations, i, _observations);
                    _awaitsReset[i] = true;
                }
                else
                {
                    Begin(i);
                }
            }
            else
            {
                Show(Inner.Observations, i, _observations);
            }
        }
    }

    /// <inheritdoc/>
    protected override void SaveOwnState(StateDictionary state)
    {
        state.Set<float>("observations", _observations);
        state.Set<int>("skills", _skills);
        state.Set<Pcg64>("randoms", _randoms);
        state.Set<bool>("awaits_reset", _awaitsReset);
    }

    /// <inheritdoc/>
    protected override void LoadOwnState(StateDictionary state)
    {
        state.Read<float>("observations", _observations);
        state.Read<int>("skills", _skills);
        if (_skills.AsSpan().ContainsAnyExceptInRange(0, Skills - 1))
        {
            throw new InvalidDataException($"A saved skill is none of the {Skills}.");
        }
        state.Read<Pcg64>("randoms", _randoms);
        state.Read<bool>("awaits_reset", _awaitsReset);
    }

    private void Begin(int copy)
    {
        int drawn = _randoms[copy].NextInt(0, Skills);
        _skills[copy] = _only ?? drawn;
        Show(Inner.Observations, copy, _observations);
    }

    private void Show(ReadOnlySpan<float> inner, int copy, float[] rows)
    {
        Span<float> row = rows.AsSpan(copy * _size, _size);
        inner.Slice(copy * _innerSize, _innerSize).CopyTo(row);
        row[^1] = _skills[copy];
    }
}
