using System.Numerics;
using Environments.State;

namespace Environments.Wrappers;

/// <summary>Stops at the first observation or reward that is not a finite number, and says where it came from.</summary>
/// <param name="inner">Environment to watch; owned.</param>
public sealed class FiniteCheck(IBatchedEnvironment inner) : BatchedEnvironmentWrapper(inner)
{
    private long _steps;

    /// <inheritdoc/>
    public override void Reset(ulong seed)
    {
        Inner.Reset(seed);
        _steps = 0;
        Require(Inner.Observations, "observation");
    }

    /// <inheritdoc/>
    /// <exception cref="EnvironmentFaultException">A number is not finite.</exception>
    public override void Step(ReadOnlySpan<float> actions)
    {
        Inner.Step(actions);
        _steps++;
        Require(Inner.Rewards, "reward");
        Require(Inner.Observations, "observation");
        for (int i = 0; i < Inner.Count; i++)
        {
            if (Inner.Terminated[i] | Inner.Truncated[i])
            {
                int size = Spec.ObservationSpace.Size;
                Require(Inner.FinalObservations.Slice(i * size, size), "final observation", i);
            }
        }
    }

    /// <inheritdoc/>
    protected override void SaveOwnState(StateDictionary state) => state.Set("steps", _steps);

    /// <inheritdoc/>
    protected override void LoadOwnState(StateDictionary state) => _steps = state.Get<long>("steps");

    private void Require(ReadOnlySpan<float> values, string what, int copy = -1)
    {
        if (AreFinite(values))
        {
            return;
        }
        int bad = 0;
        while (float.IsFinite(values[bad]))
        {
            bad++;
        }
        int perCopy = values.Length / Inner.Count;
        string where = copy < 0 ? $"copy {bad / Math.Max(1, perCopy)}" : $"copy {copy}";
        throw new EnvironmentFaultException(
            $"{Spec.Id} gave the {what} {values[bad]} in step {_steps} of {where}. Correct the environment."
        );
    }

    private static bool AreFinite(ReadOnlySpan<float> values)
    {
        // x − x is 0 for every finite number, and not a number otherwise.
        int i = 0;
        Vector<float> sum = Vector<float>.Zero;
        for (; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
        {
            var chunk = new Vector<float>(values[i..]);
            sum += chunk - chunk;
        }
        float rest = Vector.Sum(sum);
        for (; i < values.Length; i++)
        {
            rest += values[i] - values[i];
        }
        return rest == 0;
    }
}
