using Environments.MuJoCo.Engine;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.MuJoCo.Tasks;

/// <summary>Hop forward on one leg without falling (Erez, Tassa and Todorov 2011; Gymnasium's <c>Hopper-v5</c>).</summary>
/// <remarks>Rules: <see cref="PlanarWalking"/>. Observation of 5 + 6. Healthy: height above 0.7, pitch within ±0.2, the rest within ±100. First state: default pose and rest, each + U(±0.005).</remarks>
internal struct Hopper : IBuiltInTask<Hopper>
{
    private static readonly Box Actions = new(-1, 1, 3);

    private PlanarWalking _walking;

    private Hopper(EnvironmentOptions options) => _walking = new PlanarWalking(options, limitsState: true);

    public static IReadOnlyList<string> InfoNames => PlanarWalking.InfoNames;

    public static MuJoCoCamera Camera => new(3.5, 90, -12, Z: 0.8, Follows: true);

    public static IReadOnlyList<EnvironmentOption> Options { get; } =
    [
        TaskOptions.Skip(4),
        TaskOptions.Forward(1),
        TaskOptions.Control(1e-3),
        TaskOptions.Healthy(1),
        TaskOptions.Terminate(),
        TaskOptions.Range(
            TaskOptions.HealthyStateRange,
            -100,
            100,
            "Coordinates from the pitch on within which the hopper is healthy."
        ),
        TaskOptions.Range(TaskOptions.HealthyHeightRange, 0.7, double.PositiveInfinity, "Heights of the torso that are healthy."),
        TaskOptions.Range(TaskOptions.HealthyAngleRange, -0.2, 0.2, "Pitches of the torso that are healthy, in radians."),
        TaskOptions.Noise(5e-3),
        TaskOptions.Exclude("x is"),
    ];

    public static Hopper Create(EnvironmentOptions options) => new(options);

    public readonly Box ActionSpace => Actions;

    public readonly int ObservationSize => 12 - _walking.First;

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
