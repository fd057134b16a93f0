using Environments.MuJoCo.Engine;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.MuJoCo.Tasks;

/// <summary>Walk forward on four legs (Schulman et al. 2016; Gymnasium's <c>Ant-v5</c>).</summary>
/// <remarks>
/// Observation: qpos without x and y (13), qvel (14), contact forces of the bodies cut to ±1 (13 × 6). Reward: weight · v + healthy reward if
/// healthy − cost · Σ a² − contact cost · Σ (cut forces)². v is the change of the torso's x per second, as the engine last derived it. Healthy:
/// all finite and 0.2 ≤ height ≤ 1. First state: default pose + U(±0.1), velocities N(0, 0.1).
/// </remarks>
internal struct Ant : IBuiltInTask<Ant>
{
    private const int Torso = 1; // unless main_body says otherwise
    private const string MainBody = "main_body";
    private const string ContactRange = "contact_force_range";
    private const string IncludeForces = "include_cfrc_ext_in_observation";

    private static readonly Box Actions = new(-1, 1, 8);

    private readonly double _forwardWeight;
    private readonly double _controlWeight;
    private readonly double _contactWeight;
    private readonly double _healthyReward;
    private readonly double _lowest;
    private readonly double _highest;
    private readonly double _leastForce;
    private readonly double _greatestForce;
    private readonly double _noise;
    private readonly int _frameSkip;
    private readonly int _mainBody;
    private readonly int _first;
    private readonly bool _terminates;
    private readonly bool _showsForces;
    private double _x;
    private double _y;

    private Ant(EnvironmentOptions options)
    {
        _frameSkip = options.Integer(TaskOptions.FrameSkip);
        _forwardWeight = options.Number(TaskOptions.ForwardRewardWeight);
        _controlWeight = options.Number(TaskOptions.ControlCostWeight);
        _contactWeight = options.Number(TaskOptions.ContactCostWeight);
        _healthyReward = options.Number(TaskOptions.HealthyReward);
        _mainBody = options.Integer(MainBody);
        _terminates = options.Flag(TaskOptions.TerminateWhenUnhealthy);
        (_lowest, _highest) = options.Interval(TaskOptions.HealthyHeightRange);
        (_leastForce, _greatestForce) = options.Interval(ContactRange);
        _noise = options.Number(TaskOptions.NoiseScale);
        _first = options.Flag(TaskOptions.ExcludePositions) ? 2 : 0;
        _showsForces = options.Flag(IncludeForces);
    }

    public static IReadOnlyList<string> InfoNames { get; } =
    [
        "x_position",
        "y_position",
        "distance_from_origin",
        "x_velocity",
        "y_velocity",
        "reward_forward",
        "reward_ctrl",
        "reward_contact",
        "reward_survive",
    ];

    public static MuJoCoCamera Camera => new(5, 60, -25, Z: 0.3, Follows: true);

    public static IReadOnlyList<EnvironmentOption> Options { get; } =
    [
        TaskOptions.Skip(5),
        TaskOptions.Forward(1),
        TaskOptions.Control(0.5),
        TaskOptions.Weight(TaskOptions.ContactCostWeight, 5e-4, "Cost of the contact forces' squares."),
        TaskOptions.Healthy(1),
        EnvironmentOption.Integer(MainBody, Torso, 1, 13, "Body whose speed is rewarded."),
        TaskOptions.Terminate(),
        TaskOptions.Range(TaskOptions.HealthyHeightRange, 0.2, 1, "Heights of the torso that are healthy."),
        TaskOptions.Range(ContactRange, -1, 1, "Bounds to which contact forces are cut."),
        TaskOptions.Noise(0.1),
        TaskOptions.Exclude("x and y are"),
        EnvironmentOption.Flag(IncludeForces, true, "Whether contact forces are shown."),
    ];

    public static Ant Create(EnvironmentOptions options) => new(options);

    public readonly Box ActionSpace => Actions;

    public readonly int ObservationSize => 29 - _first + (_showsForces ? 78 : 0);

    public readonly int FrameSkip => _frameSkip;

    public readonly void Start(MuJoCoSimulation simulation, ref Pcg64 random)
    {
        TaskMath.AddUniform(simulation.Positions, _noise, ref random);
        TaskMath.AddNormal(simulation.Velocities, _noise, ref random);
    }

    public void Begin(MuJoCoSimulation simulation)
    {
        ReadOnlySpan<double> body = TaskMath.Point(simulation.BodyPositions, _mainBody);
        (_x, _y) = (body[0], body[1]);
    }

    public (double Reward, bool Terminated) Score(MuJoCoSimulation simulation, ReadOnlySpan<float> action, Span<double> info)
    {
        double seconds = simulation.Timestep * _frameSkip;
        ReadOnlySpan<double> body = TaskMath.Point(simulation.BodyPositions, _mainBody);
        double xVelocity = (body[0] - _x) / seconds;
        double yVelocity = (body[1] - _y) / seconds;
        (_x, _y) = (body[0], body[1]);
        ReadOnlySpan<double> positions = simulation.Positions;
        bool healthy =
            positions[2] >= _lowest
            && positions[2] <= _highest
            && TaskMath.AllFinite(positions)
            && TaskMath.AllFinite(simulation.Velocities);
        double forward = _forwardWeight * xVelocity;
        double survival = healthy ? _healthyReward : 0;
        double control = TaskMath.Cost(_controlWeight, action);
        double contact = 0;
        foreach (double force in simulation.ContactForces)
        {
            double cut = Math.Clamp(force, _leastForce, _greatestForce);
            contact += cut * cut;
        }
        contact *= _contactWeight;
        info[0] = positions[0];
        info[1] = positions[1];
        info[2] = Math.Sqrt(positions[0] * positions[0] + positions[1] * positions[1]);
        info[3] = xVelocity;
        info[4] = yVelocity;
        info[5] = forward;
        info[6] = -control;
        info[7] = -contact;
        info[8] = survival;
        return (forward + survival - (control + contact), _terminates && !healthy);
    }

    public readonly void Observe(MuJoCoSimulation simulation, Span<double> observation)
    {
        ReadOnlySpan<double> positions = simulation.Positions[_first..];
        positions.CopyTo(observation);
        observation = observation[positions.Length..];
        simulation.Velocities.CopyTo(observation);
        if (_showsForces)
        {
            observation = observation[simulation.Velocities.Length..];
            ReadOnlySpan<double> forces = simulation.ContactForces[6..];
            for (int i = 0; i < forces.Length; i++)
            {
                observation[i] = Math.Clamp(forces[i], _leastForce, _greatestForce);
            }
        }
    }
}
