using Environments.MuJoCo.Engine;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.MuJoCo.Tasks;

/// <summary>Balance two poles on a cart, one on the other (Gymnasium's <c>InvertedDoublePendulum-v5</c>).</summary>
/// <remarks>
/// Observation: place of the cart, sines of both angles, cosines of both, qvel cut to ±10 (3), force that limits the cart cut to ±10. With the
/// tip at (x, y): reward = healthy reward unless terminated − 0.01 x² − (y − 2)² − 0.001 v₁² − 0.005 v₂². Terminates at y ≤ 1. First state:
/// upright + U(±0.1), velocities N(0, 0.1).
/// </remarks>
internal readonly struct InvertedDoublePendulum : IBuiltInTask<InvertedDoublePendulum>
{
    private const double Cut = 10;

    private static readonly Box Actions = new(-1, 1, 1);

    private readonly double _healthyReward;
    private readonly double _noise;

    private InvertedDoublePendulum(EnvironmentOptions options)
    {
        FrameSkip = options.Integer(TaskOptions.FrameSkip);
        _healthyReward = options.Number(TaskOptions.HealthyReward);
        _noise = options.Number(TaskOptions.NoiseScale);
    }

    public static IReadOnlyList<string> InfoNames { get; } = ["reward_survive", "distance_penalty", "velocity_penalty"];

    public static MuJoCoCamera Camera => new(4, 90, 0, Z: 0.4);

    public static IReadOnlyList<EnvironmentOption> Options { get; } =
    [TaskOptions.Skip(5), TaskOptions.Healthy(10), TaskOptions.Noise(0.1)];

    public static InvertedDoublePendulum Create(EnvironmentOptions options) => new(options);

    public Box ActionSpace => Actions;

    public int ObservationSize => 9;

    public int FrameSkip { get; }

    public void Start(MuJoCoSimulation simulation, ref Pcg64 random)
    {
        TaskMath.AddUniform(simulation.Positions, _noise, ref random);
        TaskMath.AddNormal(simulation.Velocities, _noise, ref random);
    }

    public void Begin(MuJoCoSimulation simulation) { }

    public (double Reward, bool Terminated) Score(MuJoCoSimulation simulation, ReadOnlySpan<float> action, Span<double> info)
    {
        ReadOnlySpan<double> tip = TaskMath.Point(simulation.SitePositions, 0);
        ReadOnlySpan<double> velocities = simulation.Velocities;
        double below = tip[2] - 2;
        double distance = 0.01 * (tip[0] * tip[0]) + below * below;
        double motion = 1e-3 * (velocities[1] * velocities[1]) + 5e-3 * (velocities[2] * velocities[2]);
        bool terminated = !(tip[2] > 1);
        double survival = terminated ? 0 : _healthyReward;
        info[0] = survival;
        info[1] = -distance;
        info[2] = -motion;
        return (survival - distance - motion, terminated);
    }

    public void Observe(MuJoCoSimulation simulation, Span<double> observation)
    {
        ReadOnlySpan<double> positions = simulation.Positions;
        observation[0] = positions[0];
        (observation[1], observation[3]) = Math.SinCos(positions[1]);
        (observation[2], observation[4]) = Math.SinCos(positions[2]);
        TaskMath.CopyClipped(simulation.Velocities, Cut, observation[5..]);
        observation[8] = Math.Clamp(simulation.ConstraintForces[0], -Cut, Cut);
    }
}
