namespace Environments.Control;

/// <summary>Registers small tasks of control on which published methods are tried.</summary>
internal static class ControlEnvironments
{
    private static readonly EnvironmentOption Actions = EnvironmentOption.Word(
        "actions",
        AimActions.Joint,
        "Nine actions, all 756 as one choice, or all as six components."
    );

    public static void Register(EnvironmentRegistry registry) =>
        registry.Register(
            "Control/AimAndShoot-v0",
            [Actions],
            options => new AimAndShoot(options.Word<AimActions>("actions")),
            (spec, options) =>
                spec with
                {
                    RandomReturn = options.Word<AimActions>("actions") == AimActions.Few ? 0.0937 : -0.1132,
                    Description = "Turn to a target, walk up to it and fire; with few actions one cannot aim exactly.",
                }
        );
}
