using Environments.MuJoCo.Engine;

namespace Environments.MuJoCo.Tasks;

/// <summary>What Hopper and Walker2d have in common: walking in a plane until the torso is too low or tilted.</summary>
/// <remarks>
/// Observation: qpos without x, qvel cut to ±10. Reward: weight · (x′ − x)/dt + healthy reward if healthy − cost · Σ a².
/// Healthy: height qpos[1] and pitch qpos[2] strictly within their ranges, and every other coordinate from qpos[2] on within the state range.
/// </remarks>
internal struct PlanarWalking
{
    private readonly double _forwardWeight;
    private readonly double _controlWeight;
    private readonly double _healthyReward;
    private readonly double _lowestState;
    private readonly double _highestState;
    private readonly double _lowest;
    private readonly double _highest;
    private readonly double _leastAngle;
    private readonly double _greatestAngle;
    private readonly bool _terminates;
    private double _x;

    public PlanarWalking(EnvironmentOptions options, bool limitsState)
    {
        FrameSkip = options.Integer(TaskOptions.FrameSkip);
        _forwardWeight = options.Number(TaskOptions.ForwardRewardWeight);
        _controlWeight = options.Number(TaskOptions.ControlCostWeight);
        _healthyReward = options.Number(TaskOptions.HealthyReward);
        _terminates = options.Flag(TaskOptions.TerminateWhenUnhealthy);
        (_lowestState, _highestState) = limitsState
            ? options.Interval(TaskOptions.HealthyStateRange)
            : (double.NegativeInfinity, double.PositiveInfinity);
        LimitsState = limitsState;
        (_lowest, _highest) = options.Interval(TaskOptions.HealthyHeightRange);
        (_leastAngle, _greatestAngle) = options.Interval(TaskOptions.HealthyAngleRange);
        Noise = options.Number(TaskOptions.NoiseScale);
        First = options.Flag(TaskOptions.ExcludePositions) ? 1 : 0;
    }

    public static IReadOnlyList<string> InfoNames { get; } =
    ["x_position", "z_distance_from_origin", "x_velocity", "reward_forward", "reward_ctrl", "reward_survive"];

    public int FrameSkip { get; }

    public double Noise { get; }

    /// <summary>Coordinates left out of the observation.</summary>
    public int First { get; }

    private bool LimitsState { get; }

    public void Begin(MuJoCoSimulation simulation) => _x = simulation.Positions[0];

    public (double Reward, bool Terminated) Score(MuJoCoSimulation simulation, ReadOnlySpan<float> action, Span<double> info)
    {
        ReadOnlySpan<double> positions = simulation.Positions;
        double velocity = (positions[0] - _x) / (simulation.Timestep * FrameSkip);
        _x = positions[0];
        bool healthy = IsHealthy(positions, simulation.Velocities);
        double forward = _forwardWeight * velocity;
        double survival = healthy ? _healthyReward : 0;
        double cost = TaskMath.Cost(_controlWeight, action);
        info[0] = positions[0];
        info[1] = positions[1] - simulation.DefaultPositions[1];
        info[2] = velocity;
        info[3] = forward;
        info[4] = -cost;
        info[5] = survival;
        return (forward + survival - cost, _terminates && !healthy);
    }

    public readonly void Observe(MuJoCoSimulation simulation, Span<double> observation)
    {
        ReadOnlySpan<double> positions = simulation.Positions[First..];
        positions.CopyTo(observation);
        TaskMath.CopyClipped(simulation.Velocities, 10, observation[positions.Length..]);
    }

    private readonly bool IsHealthy(ReadOnlySpan<double> positions, ReadOnlySpan<double> velocities)
    {
        bool upright =
            positions[1] > _lowest && positions[1] < _highest && positions[2] > _leastAngle && positions[2] < _greatestAngle;
        return upright
            && (
                !LimitsState
                || TaskMath.AllInside(positions[2..], _lowestState, _highestState)
                    && TaskMath.AllInside(velocities, _lowestState, _highestState)
            );
    }
}
