using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.ClassicControl;

/// <summary><see cref="CartPole"/> whose velocities are hidden, so that only a memory can tell which way things move.</summary>
/// <remarks>Observation <c>[position, angle]</c>; everything else is CartPole's.</remarks>
public partial struct CartPoleNoVelocity : IEnvironment
{
    private static readonly Box Observations = new([-4.8f, -0.41887903f], [4.8f, 0.41887903f]);

    private CartPole _cartPole;

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Observations;

    /// <inheritdoc/>
    public readonly Space ActionSpace => _cartPole.ActionSpace;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        Span<float> all = stackalloc float[4];
        _cartPole.Reset(all, ref random);
        Show(all, observation);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        Span<float> all = stackalloc float[4];
        StepResult result = _cartPole.Step(action, all, ref random);
        Show(all, observation);
        return result;
    }

    private static void Show(ReadOnlySpan<float> all, Span<float> observation)
    {
        observation[1] = all[2];
        observation[0] = all[0];
    }
}
