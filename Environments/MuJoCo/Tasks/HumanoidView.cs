using Environments.MuJoCo.Engine;

namespace Environments.MuJoCo.Tasks;

/// <summary>What Humanoid and HumanoidStandup show of the body, and what they charge for contacts.</summary>
/// <remarks>
/// Observation: qpos without x and y (22), qvel (23), inertias (13 × 10), velocities (13 × 6), motor forces without those of the free joint
/// (17), contact forces (13 × 6); the world is left out.
/// </remarks>
internal readonly struct HumanoidView
{
    private const string IncludeInertias = "include_cinert_in_observation";
    private const string IncludeVelocities = "include_cvel_in_observation";
    private const string IncludeMotorForces = "include_qfrc_actuator_in_observation";
    private const string IncludeContactForces = "include_cfrc_ext_in_observation";

    private readonly int _first;
    private readonly bool _showsInertias;
    private readonly bool _showsVelocities;
    private readonly bool _showsMotorForces;
    private readonly bool _showsContactForces;

    public HumanoidView(EnvironmentOptions options)
    {
        _first = options.Flag(TaskOptions.ExcludePositions) ? 2 : 0;
        _showsInertias = options.Flag(IncludeInertias);
        _showsVelocities = options.Flag(IncludeVelocities);
        _showsMotorForces = options.Flag(IncludeMotorForces);
        _showsContactForces = options.Flag(IncludeContactForces);
    }

    public static IReadOnlyList<EnvironmentOption> Options { get; } =
    [
        TaskOptions.Exclude("x and y are"),
        EnvironmentOption.Flag(IncludeInertias, true, "Whether inertias of the bodies are shown."),
        EnvironmentOption.Flag(IncludeVelocities, true, "Whether velocities of the bodies are shown."),
        EnvironmentOption.Flag(IncludeMotorForces, true, "Whether forces of the motors are shown."),
        EnvironmentOption.Flag(IncludeContactForces, true, "Whether contact forces are shown."),
    ];

    public int Size =>
        24
        - _first
        + 23
        + (_showsInertias ? 130 : 0)
        + (_showsVelocities ? 78 : 0)
        + (_showsMotorForces ? 17 : 0)
        + (_showsContactForces ? 78 : 0);

    public void Observe(MuJoCoSimulation simulation, Span<double> observation)
    {
        observation = Append(simulation.Positions[_first..], observation);
        observation = Append(simulation.Velocities, observation);
        if (_showsInertias)
        {
            observation = Append(simulation.BodyInertias[10..], observation);
        }
        if (_showsVelocities)
        {
            observation = Append(simulation.BodyVelocities[6..], observation);
        }
        if (_showsMotorForces)
        {
            observation = Append(simulation.ActuatorForces[6..], observation);
        }
        if (_showsContactForces)
        {
            Append(simulation.ContactForces[6..], observation);
        }
    }

    private static Span<double> Append(ReadOnlySpan<double> values, Span<double> destination)
    {
        values.CopyTo(destination);
        return destination[values.Length..];
    }
}
