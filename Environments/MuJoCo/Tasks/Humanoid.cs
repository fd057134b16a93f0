using Environments.MuJoCo.Engine;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.MuJoCo.Tasks;

/// <summary>Walk forward on two legs without falling (Tassa, Erez and Todorov 2012; Gymnasium's <c>Humanoid-v5</c>).</summary>
/// <remarks>
/// Observation: <see cref="HumanoidView"/>. Reward: weight · v + healthy reward if healthy − cost · Σ ctrl² − contact cost · Σ forces², the
/// last at most 10. v is the change of the x of the common centre of mass per second, as the engine last derived it. Healthy: height strictly within
/// 1 to 2. First state: default pose and rest, each + U(±0.01).
/// </remarks>
internal struct Humanoid : IBuiltInTask<Humanoid>
{
    private const string ContactRange = "contact_cost_range";

    private static readonly Box Actions = new(-0.4f, 0.4f, 17);

    private readonly HumanoidView _view;
    private readonly double _forwardWeight;
    private readonly double _controlWeight;
    private readonly double _contactWeight;
    private readonly double _leastContact;
    private readonly double _greatestContact;
    private readonly double _healthyReward;
    private readonly double _lowest;
    private readonly double _highest;
    private readonly double _noise;
    private readonly int _frameSkip;
    private readonly bool _terminates;
    private double _x;
    private double _y;

    private Humanoid(EnvironmentOptions options)
    {
        _view = new HumanoidView(options);
        _frameSkip = options.Integer(TaskOptions.FrameSkip);
        _forwardWeight = options.Number(TaskOptions.ForwardRewardWeight);
        _controlWeight = options.Number(TaskOptions.ControlCostWeight);
        _contactWeight = options.Number(TaskOptions.ContactCostWeight);
        (_leastContact, _greatestContact) = options.Interval(ContactRange);
        _healthyReward = options.Number(TaskOptions.HealthyReward);
        _terminates = options.Flag(TaskOptions.TerminateWhenUnhealthy);
        (_lowest, _highest) = options.Interval(TaskOptions.HealthyHeightRange);
        _noise = options.Number(TaskOptions.NoiseScale);
    }

    public static IReadOnlyList<string> InfoNames { get; } =
    [
        "x_position",
        "y_position",
        "tendon_length_left",
        "tendon_length_right",
        "tendon_velocity_left",
        "tendon_velocity_right",
        "distance_from_origin",
        "x_velocity",
        "y_velocity",
        "reward_forward",
        "reward_ctrl",
        "reward_contact",
        "reward_survive",
    ];

    public static MuJoCoCamera Camera => new(5, 60, -15, Z: 0.9, Follows: true);

    public static IReadOnlyList<EnvironmentOption> Options { get; } =
    [
        TaskOptions.Skip(5),
        TaskOptions.Forward(1.25),
        TaskOptions.Control(0.1),
        TaskOptions.Weight(TaskOptions.ContactCostWeight, 5e-7, "Cost of the contact forces' squares."),
        TaskOptions.Range(ContactRange, double.NegativeInfinity, 10, "Bounds to which the contact cost is cut."),
        TaskOptions.Healthy(5),
        TaskOptions.Terminate(),
        TaskOptions.Range(TaskOptions.HealthyHeightRange, 1, 2, "Heights of the torso that are healthy."),
        TaskOptions.Noise(1e-2),
        .. HumanoidView.Options,
    ];

    public static Humanoid Create(EnvironmentOptions options) => new(options);

    public readonly Box ActionSpace => Actions;

    public readonly int ObservationSize => _view.Size;

    public readonly int FrameSkip => _frameSkip;

    public readonly void Start(MuJoCoSimulation simulation, ref Pcg64 random)
    {
        TaskMath.AddUniform(simulation.Positions, _noise, ref random);
        TaskMath.AddUniform(simulation.Velocities, _noise, ref random);
    }

    public void Begin(MuJoCoSimulation simulation) =>
        (_x, _y) = (TaskMath.CentreOfMass(simulation, 0), TaskMath.CentreOfMass(simulation, 1));

    public (double Reward, bool Terminated) Score(MuJoCoSimulation simulation, ReadOnlySpan<float> action, Span<double> info)
    {
        double seconds = simulation.Timestep * _frameSkip;
        double x = TaskMath.CentreOfMass(simulation, 0);
        double y = TaskMath.CentreOfMass(simulation, 1);
        double xVelocity = (x - _x) / seconds;
        double yVelocity = (y - _y) / seconds;
        (_x, _y) = (x, y);
        ReadOnlySpan<double> positions = simulation.Positions;
        bool healthy = positions[2] > _lowest && positions[2] < _highest;
        double forward = _forwardWeight * xVelocity;
        double survival = healthy ? _healthyReward : 0;
        double control = _controlWeight * TaskMath.SquaredSum(simulation.Controls);
        double contact = Math.Clamp(
            _contactWeight * TaskMath.SquaredSum(simulation.ContactForces),
            _leastContact,
            _greatestContact
        );
        info[0] = positions[0];
        info[1] = positions[1];
        simulation.TendonLengths.CopyTo(info[2..]);
        simulation.TendonVelocities.CopyTo(info[4..]);
        info[6] = Math.Sqrt(positions[0] * positions[0] + positions[1] * positions[1]);
        info[7] = xVelocity;
        info[8] = yVelocity;
        info[9] = forward;
        info[10] = -control;
        info[11] = -contact;
        info[12] = survival;
        return (forward + survival - (control + contact), _terminates && !healthy);
    }

    public readonly void Observe(MuJoCoSimulation simulation, Span<double> observation) => _view.Observe(simulation, observation);
}
