using Environments.MuJoCo.Engine;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.MuJoCo.Tasks;

/// <summary>Push an object to a goal with an arm of seven joints (Gymnasium's <c>Pusher-v5</c>).</summary>
/// <remarks>
/// Observation: arm positions (7) and velocities (7), places of the arm's tip, the object and the goal (3 each). Reward: −0.5 · distance of object
/// and tip − distance of object and goal − 0.1 · Σ a². Never terminates. The object is moved by U(−0.3, 0) along y and U(−0.2, 0.2) along x, more than
/// 0.17 away from the goal; velocities of the arm start in ±0.005.
/// </remarks>
internal readonly struct Pusher : IBuiltInTask<Pusher>
{
    private const string NearWeight = "reward_near_weight";
    private const string DistanceWeight = "reward_dist_weight";
    private const string ControlWeight = "reward_control_weight";
    private const int ArmJoints = 7;
    private const int Tip = 10; // bodies, in the order of the model
    private const int Object = 11;
    private const int Goal = 12;

    private static readonly Box Actions = new(-2, 2, 7);

    private readonly double _nearWeight;
    private readonly double _distanceWeight;
    private readonly double _controlWeight;

    private Pusher(EnvironmentOptions options)
    {
        FrameSkip = options.Integer(TaskOptions.FrameSkip);
        _nearWeight = options.Number(NearWeight);
        _distanceWeight = options.Number(DistanceWeight);
        _controlWeight = options.Number(ControlWeight);
    }

    public static IReadOnlyList<string> InfoNames { get; } = ["reward_dist", "reward_ctrl", "reward_near"];

    public static MuJoCoCamera Camera => new(2.2, 100, -35, 0.25, -0.2, -0.2);

    public static IReadOnlyList<EnvironmentOption> Options { get; } =
    [
        TaskOptions.Skip(5),
        TaskOptions.Weight(NearWeight, 0.5, "Cost of the distance between object and tip."),
        TaskOptions.Weight(DistanceWeight, 1, "Cost of the distance between object and goal."),
        TaskOptions.Weight(ControlWeight, 0.1, "Cost of the actions' squares."),
    ];

    public static Pusher Create(EnvironmentOptions options) => new(options);

    public Box ActionSpace => Actions;

    public int ObservationSize => 23;

    public int FrameSkip { get; }

    public void Start(MuJoCoSimulation simulation, ref Pcg64 random)
    {
        Span<double> offset = simulation.Positions[ArmJoints..]; // y and x of the object, then of the goal, which stays
        do
        {
            offset[0] = random.NextUniform(-0.3, 0);
            offset[1] = random.NextUniform(-0.2, 0.2);
        } while (!(Math.Sqrt(offset[0] * offset[0] + offset[1] * offset[1]) > 0.17));
        offset[2..].Clear();
        Span<double> velocities = simulation.Velocities;
        TaskMath.AddUniform(velocities, 0.005, ref random);
        velocities[ArmJoints..].Clear();
    }

    public void Begin(MuJoCoSimulation simulation) { }

    public (double Reward, bool Terminated) Score(MuJoCoSimulation simulation, ReadOnlySpan<float> action, Span<double> info)
    {
        ReadOnlySpan<double> bodies = simulation.BodyPositions;
        ReadOnlySpan<double> pushed = TaskMath.Point(bodies, Object);
        info[0] = -TaskMath.Distance(TaskMath.Point(bodies, Goal), pushed) * _distanceWeight;
        info[1] = -TaskMath.Cost(_controlWeight, action);
        info[2] = -TaskMath.Distance(TaskMath.Point(bodies, Tip), pushed) * _nearWeight;
        return (info[0] + info[1] + info[2], false);
    }

    public void Observe(MuJoCoSimulation simulation, Span<double> observation)
    {
        simulation.Positions[..ArmJoints].CopyTo(observation);
        simulation.Velocities[..ArmJoints].CopyTo(observation[ArmJoints..]);
        simulation.BodyPositions.Slice(3 * Tip, 9).CopyTo(observation[(2 * ArmJoints)..]); // tip, object and goal follow one another
    }
}
