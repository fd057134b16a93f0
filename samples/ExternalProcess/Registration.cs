using Environments;
using Environments.Spaces;

namespace ExternalProcess;

/// <summary>Says what the simulator shows and takes, so that none has to be started for it. <c>--assembly</c> finds this class, too.</summary>
public sealed class Registration : IEnvironmentRegistration
{
    /// <summary>Id of the environment.</summary>
    public const string Id = "Own/Cart-v0";

    /// <inheritdoc/>
    public void Register(EnvironmentRegistry registry)
    {
        ArgumentNullException.ThrowIfNull(registry);
        registry.Register(
            new EnvironmentSpec(Id, new Box(-10, 10, 2), new Discrete(3))
            {
                MaxEpisodeSteps = 50,
                ActionNames = ["left", "none", "right"],
                Description = "Push a cart to the middle, in a process of its own.",
            },
            () => new ProcessEnvironment(),
            new AsyncEnvironmentOptions
            {
                StartTimeout = TimeSpan.FromMinutes(2),
                StepTimeout = TimeSpan.FromMinutes(2),
                MaxRestarts = 3,
            }
        );
    }
}
