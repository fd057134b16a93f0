using Environments;
using Environments.ClassicControl;
using Environments.Randomness;
using Environments.Spaces;

namespace Chaos.Fleets;

/// <summary>A CartPole that stops at random steps and never returns, as a simulator with a deadlock does.</summary>
internal struct HangingCartPole : IEnvironment
{
    /// <summary>Its id, which no list shows.</summary>
    public const string Id = "Chaos/HangingCartPole-v1";

    private const double HangProbability = 1.0 / 20_000;

    private CartPole _cartPole;

    /// <inheritdoc/>
    public readonly Space ObservationSpace => _cartPole.ObservationSpace;

    /// <inheritdoc/>
    public readonly Space ActionSpace => _cartPole.ActionSpace;

    /// <summary>Makes it known in a process that is to act in it or to learn from it.</summary>
    public static void Register(EnvironmentRegistry registry) =>
        registry.Register(Id, () => new HangingCartPole(), spec => spec with { MaxEpisodeSteps = 500 });

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random) => _cartPole.Reset(observation, ref random);

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        if (random.NextUniform(0, 1) < HangProbability)
        {
            Thread.Sleep(Timeout.Infinite);
        }
        return _cartPole.Step(action, observation, ref random);
    }
}
