using Environments.MuJoCo.Engine;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.MuJoCo.Tasks;

/// <summary>Bring the tip of a planar arm to a target (Gymnasium's <c>Reacher-v5</c>).</summary>
/// <remarks>
/// Observation: cosines of both angles, sines of both, place of the target (2), velocities of both joints, tip minus target (2).
/// Reward: −distance − Σ a². Never terminates. The target is drawn uniformly from a disc of radius 0.2; angles start in ±0.1, velocities in ±0.005.
/// </remarks>
internal readonly struct Reacher : IBuiltInTask<Reacher>
{
    private const string DistanceWeight = "reward_dist_weight";
    private const string ControlWeight = "reward_control_weight";
    private const int Tip = 3; // bodies, in the order of the model
    private const int Target = 4;

    private static readonly Box Actions = new(-1, 1, 2);

    private readonly double _distanceWeight;
    private readonly double _controlWeight;

    private Reacher(EnvironmentOptions options)
    {
        FrameSkip = options.Integer(TaskOptions.FrameSkip);
        _distanceWeight = options.Number(DistanceWeight);
        _controlWeight = options.Number(ControlWeight);
    }

    public static IReadOnlyList<string> InfoNames { get; } = ["reward_dist", "reward_ctrl"];

    public static MuJoCoCamera Camera => new(0.85, 90, -89.9);

    public static IReadOnlyList<EnvironmentOption> Options { get; } =
    [
        TaskOptions.Skip(2),
        TaskOptions.Weight(DistanceWeight, 1, "Cost of the distance between tip and target."),
        TaskOptions.Weight(ControlWeight, 1, "Cost of the actions' squares."),
    ];

    public static Reacher Create(EnvironmentOptions options) => new(options);

    public Box ActionSpace => Actions;

    public int ObservationSize => 10;

    public int FrameSkip { get; }

    public void Start(MuJoCoSimulation simulation, ref Pcg64 random)
    {
        Span<double> positions = simulation.Positions;
        TaskMath.AddUniform(positions, 0.1, ref random);
        do
        {
            positions[2] = random.NextUniform(-0.2, 0.2);
            positions[3] = random.NextUniform(-0.2, 0.2);
        } while (Math.Sqrt(positions[2] * positions[2] + positions[3] * positions[3]) >= 0.2);
        Span<double> velocities = simulation.Velocities;
        TaskMath.AddUniform(velocities, 0.005, ref random);
        velocities[2..].Clear();
    }

    public void Begin(MuJoCoSimulation simulation) { }

    public (double Reward, bool Terminated) Score(MuJoCoSimulation simulation, ReadOnlySpan<float> action, Span<double> info)
    {
        ReadOnlySpan<double> bodies = simulation.BodyPositions;
        info[0] = -TaskMath.Distance(TaskMath.Point(bodies, Target), TaskMath.Point(bodies, Tip)) * _distanceWeight;
        info[1] = -TaskMath.Cost(_controlWeight, action);
        return (info[0] + info[1], false);
    }

    public void Observe(MuJoCoSimulation simulation, Span<double> observation)
    {
        ReadOnlySpan<double> positions = simulation.Positions;
        ReadOnlySpan<double> tip = TaskMath.Point(simulation.BodyPositions, Tip);
        ReadOnlySpan<double> target = TaskMath.Point(simulation.BodyPositions, Target);
        (observation[2], observation[0]) = Math.SinCos(positions[0]);
        (observation[3], observation[1]) = Math.SinCos(positions[1]);
        positions[2..].CopyTo(observation[4..]);
        simulation.Velocities[..2].CopyTo(observation[6..]);
        observation[8] = tip[0] - target[0];
        observation[9] = tip[1] - target[1];
    }
}
