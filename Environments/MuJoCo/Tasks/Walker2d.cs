using Environments.MuJoCo.Engine;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.MuJoCo.Tasks;

/// <summary>Walk forward on two legs in a plane without falling (after Erez, Tassa and Todorov 2011; Gymnasium's <c>Walker2d-v5</c>).</summary>
/// <remarks>Rules: <see cref="PlanarWalking"/>. Observation of 8 + 9. Healthy: height within 0.8 to 2, pitch within ±1. First state: default pose and rest, each + U(±0.005).</remarks>
internal struct Walker2d : IBuiltInTask<Walker2d>
{
    private static readonly Box Actions = new(-1, 1, 6);

    private PlanarWalking _walking;

    private Walker2d(EnvironmentOptions options) => _walking = new PlanarWalking(options, limitsState: false);

    public static IReadOnlyList<string> InfoNames => PlanarWalking.InfoNames;

    public static MuJoCoCamera Camera => new(4, 90, -12, Z: 0.8, Follows: true);

    public static IReadOnlyList<EnvironmentOption> Options { get; } =
    [
        TaskOptions.Skip(4),
        TaskOptions.Forward(1),
        TaskOptions.Control(1e-3),
        TaskOptions.Healthy(1),
        TaskOptions.Terminate(),
        TaskOptions.Range(TaskOptions.HealthyHeightRange, 0.8, 2, "Heights of the torso that are healthy."),
        TaskOptions.Range(TaskOptions.HealthyAngleRange, -1, 1, "Pitches of the torso that are healthy, in radians."),
        TaskOptions.Noise(5e-3),
        TaskOptions.Exclude("x is"),
    ];

    public static Walker2d Create(EnvironmentOptions options) => new(options);

    public readonly Box ActionSpace => Actions;

    public readonly int ObservationSize => 18 - _walking.First;

    public readonly int FrameSkip => _walking.FrameSkip;

    public readonly void Start(MuJoCoSimulation simulation, ref Pcg64 random)
    {
        TaskMath.AddUniform(simulation.Positions, _walking.Noise, ref random);
        TaskMath.AddUniform(simulation.Velocities, _walking.Noise, ref random);
    }

    public void Begin(MuJoCoSimulation simulation) => _walking.Begin(simulation);

    public (double Reward, bool Terminated) Score(MuJoCoSimulation simulation, ReadOnlySpan<float> action, Span<double> info) =>
        _walking.Score(simulation, action, info);

    public readonly void Observe(MuJoCoSimulation simulation, Span<double> observation) =>
        _walking.Observe(simulation, observation);
}
