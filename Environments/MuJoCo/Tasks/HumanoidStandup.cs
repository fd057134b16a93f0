using Environments.MuJoCo.Engine;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.MuJoCo.Tasks;

/// <summary>Rise from the back (Gymnasium's <c>HumanoidStandup-v5</c>).</summary>
/// <remarks>
/// Observation: <see cref="HumanoidView"/>. Reward: weight · height / the engine's timestep + 1 − cost · Σ ctrl² − impact cost · Σ forces², the
/// last at most 10. Never terminates. First state: default pose and rest, each + U(±0.01).
/// </remarks>
internal readonly struct HumanoidStandup : IBuiltInTask<HumanoidStandup>
{
    private const string HeightWeight = "uph_cost_weight";
    private const string ImpactWeight = "impact_cost_weight";
    private const string ImpactRange = "impact_cost_range";

    private static readonly Box Actions = new(-0.4f, 0.4f, 17);

    private readonly HumanoidView _view;
    private readonly double _heightWeight;
    private readonly double _controlWeight;
    private readonly double _impactWeight;
    private readonly double _leastImpact;
    private readonly double _greatestImpact;
    private readonly double _noise;

    private HumanoidStandup(EnvironmentOptions options)
    {
        _view = new HumanoidView(options);
        FrameSkip = options.Integer(TaskOptions.FrameSkip);
        _heightWeight = options.Number(HeightWeight);
        _controlWeight = options.Number(TaskOptions.ControlCostWeight);
        _impactWeight = options.Number(ImpactWeight);
        (_leastImpact, _greatestImpact) = options.Interval(ImpactRange);
        _noise = options.Number(TaskOptions.NoiseScale);
    }

    public static IReadOnlyList<string> InfoNames { get; } =
    [
        "x_position",
        "y_position",
        "z_distance_from_origin",
        "tendon_length_left",
        "tendon_length_right",
        "tendon_velocity_left",
        "tendon_velocity_right",
        "reward_linup",
        "reward_quadctrl",
        "reward_impact",
    ];

    public static MuJoCoCamera Camera => new(4.5, 60, -20, Z: 0.6, Follows: true);

    public static IReadOnlyList<EnvironmentOption> Options { get; } =
    [
        TaskOptions.Skip(5),
        TaskOptions.Weight(HeightWeight, 1, "Reward of the height divided by the engine's timestep."),
        TaskOptions.Control(0.1),
        TaskOptions.Weight(ImpactWeight, 5e-7, "Cost of the contact forces' squares."),
        TaskOptions.Range(ImpactRange, double.NegativeInfinity, 10, "Bounds to which the impact cost is cut."),
        TaskOptions.Noise(1e-2),
        .. HumanoidView.Options,
    ];

    public static HumanoidStandup Create(EnvironmentOptions options) => new(options);

    public Box ActionSpace => Actions;

    public int ObservationSize => _view.Size;

    public int FrameSkip { get; }

    public void Start(MuJoCoSimulation simulation, ref Pcg64 random)
    {
        TaskMath.AddUniform(simulation.Positions, _noise, ref random);
        TaskMath.AddUniform(simulation.Velocities, _noise, ref random);
    }

    public void Begin(MuJoCoSimulation simulation) { }

    public (double Reward, bool Terminated) Score(MuJoCoSimulation simulation, ReadOnlySpan<float> action, Span<double> info)
    {
        ReadOnlySpan<double> positions = simulation.Positions;
        double height = _heightWeight * (positions[2] / simulation.Timestep);
        double control = _controlWeight * TaskMath.SquaredSum(simulation.Controls);
        double impact = Math.Clamp(_impactWeight * TaskMath.SquaredSum(simulation.ContactForces), _leastImpact, _greatestImpact);
        info[0] = positions[0];
        info[1] = positions[1];
        info[2] = positions[2] - simulation.DefaultPositions[2];
        simulation.TendonLengths.CopyTo(info[3..]);
        simulation.TendonVelocities.CopyTo(info[5..]);
        info[7] = height;
        info[8] = -control;
        info[9] = -impact;
        return (height - control - impact + 1, false);
    }

    public void Observe(MuJoCoSimulation simulation, Span<double> observation) => _view.Observe(simulation, observation);
}
