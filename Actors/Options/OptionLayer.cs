using Agents.Policies;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;

namespace Actors.Options;

/// <summary>
/// Takes the number of a saved policy as action, lets that policy act for H steps of the environment, and adds up their rewards: options of a fixed
/// length (Sutton, Precup and Singh 1999), as policies over skills are trained (Eysenbach et al. 2018, section 4.2).
/// </summary>
/// <remarks>
/// An option ends where the episode does; copies whose option ended rest until the others' have. A chosen policy begins with a fresh memory, acts in the way it
/// was trained to, and sees the environment, not who chose it. Copy b draws its actions from a child of seed + b, row by row, so that results do not depend on how
/// copies are shared out. With H = 3:
/// <code>
/// inner step           1    2    3    4    5 (ends)      6
/// reward               1    2    3    4    5             6
/// step of this layer             1         2
/// reward                         6         9
/// observation                    of 3      first of the next episode, the final one is 5's
/// </code>
/// </remarks>
internal sealed class OptionLayer : BatchedEnvironmentWrapper
{
    private const uint StreamKey = 0x0_B71;

    private readonly OptionPolicies _options;
    private readonly EnvironmentSpec _spec;
    private readonly int _horizon;
    private readonly int _actionSize;
    private readonly int _observationSize;
    private readonly PolicyOutput[] _outputs; // of each choice, one row
    private readonly float[] _actions;
    private readonly float[] _rewards;
    private readonly bool[] _terminated;
    private readonly bool[] _truncated;
    private readonly bool[] _active;
    private readonly float[] _coreStates; // [B, largest], of no meaning between steps
    private readonly float[] _row;
    private readonly Pcg64[] _randoms;

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Environment that can step some copies only; owned from now on.</param>
    /// <param name="options">Policies for its spaces; owned from now on.</param>
    /// <param name="horizon">Inner steps per option, H, at least 1.</param>
    /// <exception cref="NotSupportedException">The environment resets in the step after an episode's end.</exception>
    public OptionLayer(IBatchedEnvironment inner, OptionPolicies options, int horizon)
        : base(inner)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        FrameSkip.RequireSameStep(inner, "an option");
        _options = options;
        _horizon = horizon;
        _spec = inner.Spec with { ActionSpace = new Discrete(options.Count), RandomReturn = null };
        _actionSize = inner.Spec.ActionSpace.Size;
        _observationSize = inner.Spec.ObservationSpace.Size;
        _outputs = new PolicyOutput[options.Count];
        for (int choice = 0; choice < _outputs.Length; choice++)
        {
            _outputs[choice] = options[choice].Policy.CreateOutput(1, values: false);
        }
        _actions = new float[inner.Count * _actionSize];
        _rewards = new float[inner.Count];
        _terminated = new bool[inner.Count];
        _truncated = new bool[inner.Count];
        _active = new bool[inner.Count];
        _coreStates = new float[inner.Count * options.CoreStateSize];
        _row = new float[_observationSize + 1];
        _randoms = new Pcg64[inner.Count];
    }

    /// <inheritdoc/>
    public override EnvironmentSpec Spec => _spec;

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
        }
        Array.Clear(_rewards);
        Array.Clear(_terminated);
        Array.Clear(_truncated);
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions)
    {
        Require(actions);
        Array.Fill(_active, true);
        Array.Clear(_rewards);
        for (int step = 0; step < _horizon && _active.AsSpan().Contains(true); step++)
        {
            for (int i = 0; i < Count; i++)
            {
                if (_active[i])
                {
                    Act(i, (int)actions[i], step == 0);
                }
            }
            if (_active.AsSpan().Contains(false))
            {
                Inner.StepSome(_actions, _active);
            }
            else
            {
                Inner.Step(_actions);
            }
            for (int i = 0; i < Count; i++)
            {
                if (_active[i])
                {
                    _rewards[i] += Inner.Rewards[i];
                    _terminated[i] = Inner.Terminated[i];
                    _truncated[i] = Inner.Truncated[i];
                    _active[i] = !(_terminated[i] | _truncated[i]);
                }
            }
        }
    }

    /// <inheritdoc/>
    protected override void SaveOwnState(StateDictionary state) => state.Set<Pcg64>("randoms", _randoms);

    /// <inheritdoc/>
    protected override void LoadOwnState(StateDictionary state) => state.Read<Pcg64>("randoms", _randoms);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _options.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Act(int copy, int choice, bool begins)
    {
        (SavedPolicy policy, int? skill) = _options[choice];
        Inner.Observations.Slice(copy * _observationSize, _observationSize).CopyTo(_row);
        _row[^1] = skill ?? 0;
        PolicyOutput output = _outputs[choice];
        policy.Act(
            _row.AsSpan(0, _observationSize + (skill is null ? 0 : 1)),
            [begins],
            _coreStates.AsSpan(copy * _options.CoreStateSize, policy.CoreStateSize),
            policy.Acting,
            ref _randoms[copy],
            output
        );
        output.Actions.CopyTo(_actions.AsSpan(copy * _actionSize));
    }

    private void Require(ReadOnlySpan<float> actions)
    {
        if (actions.Length != Count)
        {
            throw new ArgumentException($"{Count} copies take {Count} numbers of options, and {actions.Length} were given.");
        }
        for (int i = 0; i < Count; i++)
        {
            if (!_spec.ActionSpace.Contains(actions.Slice(i, 1)))
            {
                throw new ArgumentException(
                    $"{actions[i]} for copy {i} is no option. Give a whole number from 0 to {_options.Count - 1}."
                );
            }
        }
    }
}
