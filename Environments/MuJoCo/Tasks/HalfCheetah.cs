using Environments.MuJoCo.Engine;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.MuJoCo.Tasks;

/// <summary>Run forward on two legs in a plane (Wawrzyński 2009; Gymnasium's <c>HalfCheetah-v5</c>).</summary>
/// <remarks>
/// Observation: qpos without x (8), qvel (9). Reward: weight · (x′ − x)/dt − cost · Σ a². Never terminates.
/// First state: default pose + U(±0.1), velocities N(0, 0.1).
/// </remarks>
internal struct HalfCheetah : IBuiltInTask<HalfCheetah>
{
    private static readonly Box Actions = new(-1, 1, 6);

    private readonly double _forwardWeight;
    private readonly double _controlWeight;
    private readonly double _noise;
    private readonly int _first; // coordinates left out of the observation
    private readonly int _frameSkip;
    private double _x;

    private HalfCheetah(EnvironmentOptions options)
    {
        _frameSkip = options.Integer(TaskOptions.FrameSkip);
        _forwardWeight = options.Number(TaskOptions.ForwardRewardWeight);
        _controlWeight = options.Number(TaskOptions.ControlCostWeight);
        _noise = options.Number(TaskOptions.NoiseScale);
        _first = options.Flag(TaskOptions.ExcludePositions) ? 1 : 0;
    }

    public static IReadOnlyList<string> InfoNames { get; } = ["x_position", "x_velocity", "reward_forward", "reward_ctrl"];

    public static MuJoCoCamera Camera => new(3, 90, -12, Z: 0.45, Follows: true);

    public static IReadOnlyList<EnvironmentOption> Options { get; } =
    [TaskOptions.Skip(5), TaskOptions.Forward(1), TaskOptions.Control(0.1), TaskOptions.Noise(0.1), TaskOptions.Exclude("x is")];

    public static HalfCheetah Create(EnvironmentOptions options) => new(options);

    public readonly Box ActionSpace => Actions;

    public readonly int ObservationSize => 18 - _first;

    public readonly int FrameSkip => _frameSkip;

    public readonly void Start(MuJoCoSimulation simulation, ref Pcg64 random)
    {
        TaskMath.AddUniform(simulation.Positions, _noise, ref random);
        TaskMath.AddNormal(simulation.Velocities, _noise, ref random);
    }

    public void Begin(MuJoCoSimulation simulation) => _x = simulation.Positions[0];

    public (double Reward, bool Terminated) Score(MuJoCoSimulation simulation, ReadOnlySpan<float> action, Span<double> info)
    {
        double x = simulation.Positions[0];
        double velocity = (x - _x) / (simulation.Timestep * _frameSkip);
        _x = x;
        double forward = _forwardWeight * velocity;
        double cost = TaskMath.Cost(_controlWeight, action);
        info[0] = x;
        info[1] = velocity;
        info[2] = forward;
        info[3] = -cost;
        return (forward - cost, false);
    }

    public readonly void Observe(MuJoCoSimulation simulation, Span<double> observation)
    {
        ReadOnlySpan<double> positions = simulation.Positions[_first..];
        positions.CopyTo(observation);
        simulation.Velocities.CopyTo(observation[positions.Length..]);
    }
}
