using Environments.Spaces;
using Environments.State;

namespace Environments.Wrappers;

/// <summary>Stops at the first observation or reward that cannot be, and says where it came from.</summary>
/// <remarks>
/// Rewards and real observations must be finite; integers, bits and bytes must be whole numbers within the bounds of their space. Real observations
/// beyond their bounds pass: <see cref="Checking.EnvironmentChecker"/> tells of them.
/// </remarks>
public sealed class ValueCheck : BatchedEnvironmentWrapper
{
    private static readonly RowCheck Numbers = RowCheck.OfObservations(new Box(float.MinValue, float.MaxValue, 1));

    private readonly RowCheck _check;
    private readonly int _size;
    private long _steps;

    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Environment to watch; owned.</param>
    public ValueCheck(IBatchedEnvironment inner)
        : base(inner)
    {
        _check = RowCheck.OfObservations(inner.Spec.ObservationSpace);
        _size = inner.Spec.ObservationSpace.Size;
    }

    /// <inheritdoc/>
    /// <exception cref="EnvironmentFaultException">A number cannot be.</exception>
    public override void Reset(ulong seed)
    {
        Inner.Reset(seed);
        _steps = 0;
        Require(Inner.Observations, "observation");
    }

    /// <inheritdoc/>
    /// <exception cref="EnvironmentFaultException">A number cannot be.</exception>
    public override void Step(ReadOnlySpan<float> actions)
    {
        Inner.Step(actions);
        RequireResults();
    }

    /// <inheritdoc/>
    /// <exception cref="EnvironmentFaultException">A number cannot be.</exception>
    public override void StepSome(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active)
    {
        Inner.StepSome(actions, active);
        RequireResults();
    }

    /// <inheritdoc/>
    protected override void SaveOwnState(StateDictionary state) => state.Set("steps", _steps);

    /// <inheritdoc/>
    protected override void LoadOwnState(StateDictionary state) => _steps = state.Get<long>("steps");

    private void RequireResults()
    {
        _steps++;
        int copy = Numbers.FindFault(Inner.Rewards);
        if (copy >= 0)
        {
            throw new EnvironmentFaultException(
                $"{Spec.Id} gave the reward {Inner.Rewards[copy]} in step {_steps} of copy {copy}. Correct the environment."
            );
        }
        Require(Inner.Observations, "observation");
        ReadOnlySpan<bool> terminated = Inner.Terminated;
        ReadOnlySpan<bool> truncated = Inner.Truncated;
        for (int i = 0; i < terminated.Length; i++)
        {
            if (terminated[i] | truncated[i])
            {
                Require(Inner.FinalObservations.Slice(i * _size, _size), "final observation", i);
            }
        }
    }

    private void Require(ReadOnlySpan<float> rows, string what, int firstCopy = 0)
    {
        int fault = _check.FindFault(rows);
        if (fault >= 0)
        {
            throw _check.Fault(Spec, what, rows, fault, $"in step {_steps} of copy {firstCopy + fault / _size}");
        }
    }
}
