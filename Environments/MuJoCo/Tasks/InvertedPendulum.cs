using Environments.MuJoCo.Engine;
using Environments.Randomness;
using Environments.Spaces;

namespace Environments.MuJoCo.Tasks;

/// <summary>Balance a pole on a cart (Barto, Sutton and Anderson 1983; Gymnasium's <c>InvertedPendulum-v5</c>).</summary>
/// <remarks>
/// Observation: qpos (2), qvel (2). Reward 1 for each step that does not terminate. Terminates when the pole leans by more than 0.2 radians.
/// First state: upright at rest, each coordinate + U(±0.01).
/// </remarks>
internal readonly struct InvertedPendulum : IBuiltInTask<InvertedPendulum>
{
    private const double GreatestLean = 0.2;

    private static readonly Box Actions = new(-3, 3, 1);

    private readonly double _noise;

    private InvertedPendulum(EnvironmentOptions options)
    {
        FrameSkip = options.Integer(TaskOptions.FrameSkip);
        _noise = options.Number(TaskOptions.NoiseScale);
    }

    public static IReadOnlyList<string> InfoNames { get; } = ["reward_survive"];

    public static MuJoCoCamera Camera => new(3, 90, 0, Z: 0.2);

    public static IReadOnlyList<EnvironmentOption> Options { get; } = [TaskOptions.Skip(2), TaskOptions.Noise(0.01)];

    public static InvertedPendulum Create(EnvironmentOptions options) => new(options);

    public Box ActionSpace => Actions;

    public int ObservationSize => 4;

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
        bool terminated =
            !TaskMath.AllFinite(positions) || !TaskMath.AllFinite(simulation.Velocities) || Math.Abs(positions[1]) > GreatestLean;
        info[0] = terminated ? 0 : 1;
        return (info[0], terminated);
    }

    public void Observe(MuJoCoSimulation simulation, Span<double> observation)
    {
        simulation.Positions.CopyTo(observation);
        simulation.Velocities.CopyTo(observation[2..]);
    }
}
