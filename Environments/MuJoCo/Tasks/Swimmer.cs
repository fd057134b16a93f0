using Environments.MuJoCo.Engine;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.MuJoCo.Tasks;

/// <summary>Swim forward with three rods in a viscous plane (Coulom 2002; Gymnasium's <c>Swimmer-v5</c>).</summary>
/// <remarks>
/// Observation: heading and two joint angles (3), qvel (5). Reward: weight · (x′ − x)/dt − cost · Σ a². Never terminates.
/// First state: default pose and rest, each + U(±0.1).
/// </remarks>
internal struct Swimmer : IBuiltInTask<Swimmer>
{
    private static readonly Box Actions = new(-1, 1, 2);

    private readonly double _forwardWeight;
    private readonly double _controlWeight;
    private readonly double _noise;
    private readonly int _frameSkip;
    private readonly int _first;
    private double _x;
    private double _y;

    private Swimmer(EnvironmentOptions options)
    {
        _frameSkip = options.Integer(TaskOptions.FrameSkip);
        _forwardWeight = options.Number(TaskOptions.ForwardRewardWeight);
        _controlWeight = options.Number(TaskOptions.ControlCostWeight);
        _noise = options.Number(TaskOptions.NoiseScale);
        _first = options.Flag(TaskOptions.ExcludePositions) ? 2 : 0;
    }

    public static IReadOnlyList<string> InfoNames { get; } =
    ["x_position", "y_position", "distance_from_origin", "x_velocity", "y_velocity", "reward_forward", "reward_ctrl"];

    public static MuJoCoCamera Camera => new(7, 90, -60, Follows: true);

    public static IReadOnlyList<EnvironmentOption> Options { get; } =
    [
        TaskOptions.Skip(4),
        TaskOptions.Forward(1),
        TaskOptions.Control(1e-4),
        TaskOptions.Noise(0.1),
        TaskOptions.Exclude("x and y are"),
    ];

    public static Swimmer Create(EnvironmentOptions options) => new(options);

    public readonly Box ActionSpace => Actions;

    public readonly int ObservationSize => 10 - _first;

    public readonly int FrameSkip => _frameSkip;

    public readonly void Start(MuJoCoSimulation simulation, ref Pcg64 random)
    {
        TaskMath.AddUniform(simulation.Positions, _noise, ref random);
        TaskMath.AddUniform(simulation.Velocities, _noise, ref random);
    }

    public void Begin(MuJoCoSimulation simulation) => (_x, _y) = (simulation.Positions[0], simulation.Positions[1]);

    public (double Reward, bool Terminated) Score(MuJoCoSimulation simulation, ReadOnlySpan<float> action, Span<double> info)
    {
        double seconds = simulation.Timestep * _frameSkip;
        double x = simulation.Positions[0];
        double y = simulation.Positions[1];
        double forward = _forwardWeight * ((x - _x) / seconds);
        double cost = TaskMath.Cost(_controlWeight, action);
        info[0] = x;
        info[1] = y;
        info[2] = Math.Sqrt(x * x + y * y);
        info[3] = (x - _x) / seconds;
        info[4] = (y - _y) / seconds;
        info[5] = forward;
        info[6] = -cost;
        (_x, _y) = (x, y);
        return (forward - cost, false);
    }

    public readonly void Observe(MuJoCoSimulation simulation, Span<double> observation)
    {
        ReadOnlySpan<double> positions = simulation.Positions[_first..];
        positions.CopyTo(observation);
        simulation.Velocities.CopyTo(observation[positions.Length..]);
    }
}
