using System.ComponentModel.DataAnnotations;
using Actors;
using Agents.Networks;
using Environments;
using Environments.Wrappers;
using Learners.A2c;
using Learners.Acktr;
using Learners.ActorCritic;
using Learners.Fleet;
using Learners.Impala;
using Learners.Optimizers;
using Learners.Ppo;
using Learners.Vmpo;

namespace Learners.Training;

/// <summary>Everything that determines a training run's numbers, and where its by-products go. Immutable.</summary>
/// <remarks>
/// <see cref="For"/> gives the tuned settings of an environment and agent; YAML files and <c>--set</c> change them. The same
/// settings give the same parameters, bit for bit, on the same machine.
/// </remarks>
public sealed record TrainingSettings : IValidatableObject
{
    private static readonly Func<TrainingSettings, ActorCriticSettings>[] Sections =
    [
        settings => settings.A2c,
        settings => settings.Acktr,
        settings => settings.Impala,
        settings => settings.Ppo,
        settings => settings.Vmpo,
    ];

    /// <summary>Environment id.</summary>
    public string Environment { get; init; } = "CartPole-v1";

    /// <summary>Agent name, one of <see cref="AgentNames"/>.</summary>
    /// <value>Default ppo.</value>
    public string Agent { get; init; } = "ppo";

    /// <summary>Seed from which every generator of the run is split.</summary>
    /// <value>Default 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>Environment steps of the run, over all copies; rounded up to whole unrolls.</summary>
    /// <value>At least 1. Default 500,000.</value>
    [Range(1, long.MaxValue)]
    public long TotalSteps { get; init; } = 500_000;

    /// <summary>Mean return of the last 100 training episodes at which the run ends before its last step; null to take every step.</summary>
    /// <value>Default null.</value>
    public double? StopAtReturn { get; init; }

    /// <summary>Who computes gradients.</summary>
    /// <value>Default auto: plain C#, which supports every network and is several times faster than the tensor library on a CPU.</value>
    public EngineKind Engine { get; init; }

    /// <summary>Threads that step the environments; results do not depend on it.</summary>
    /// <value>1 to 256. Default 1: handing a step of 8 CartPoles to two threads made it 7 times slower; from some 5 µs a step on threads pay.</value>
    [Range(1, 256)]
    public int EnvironmentThreads { get; init; } = 1;

    /// <summary>Whether one half of copies that Python steps is stepped while the policy acts for the other; results do not depend on it.</summary>
    /// <value>
    /// Default auto: where it can be. Each half has a process of its own, or <see cref="EnvironmentThreads"/> are shared out to them. It costs a
    /// message more per step, which is lost where no processor is free.
    /// </value>
    public OverlapMode Overlap { get; init; }

    /// <summary>Whether every training episode is written to <c>episodes.csv</c>: environment steps, return, length.</summary>
    /// <value>Default false: <c>metrics.csv</c> holds their means between rows.</value>
    public bool RecordEpisodes { get; init; }

    /// <summary>Layers between environment and agent.</summary>
    public WrapperSettings Wrappers { get; init; } = new();

    /// <summary>Network of the agent.</summary>
    public NetworkSettings Network { get; init; } = new();

    /// <summary>Settings of PPO, where it is the agent.</summary>
    public PpoSettings Ppo { get; init; } = new();

    /// <summary>Settings of A2C, where it is the agent.</summary>
    public A2cSettings A2c { get; init; } = new();

    /// <summary>Settings of ACKTR, where it is the agent.</summary>
    public AcktrSettings Acktr { get; init; } = new();

    /// <summary>Settings of IMPALA, where it is the agent.</summary>
    public ImpalaSettings Impala { get; init; } = new();

    /// <summary>Settings of V-MPO, where it is the agent.</summary>
    public VmpoSettings Vmpo { get; init; } = new();

    /// <summary>How a fleet's learner treats its actors; nothing else reads it.</summary>
    public FleetSettings Fleet { get; init; } = new();

    /// <summary>When and how the policy is evaluated.</summary>
    public EvaluationSettings Evaluation { get; init; } = new();

    /// <summary>When training state is saved.</summary>
    public CheckpointSettings Checkpoints { get; init; } = new();

    /// <summary>The agents with their defaults; each tells its name and what it is.</summary>
    internal static IReadOnlyList<ActorCriticSettings> Agents { get; } =
    [.. Sections.Select(section => section(new TrainingSettings()))];

    /// <summary>Agents that can be trained.</summary>
    public static IReadOnlyList<string> AgentNames { get; } = [.. Agents.Select(agent => agent.AgentName)];

    /// <summary>The settings of the chosen agent.</summary>
    /// <exception cref="InvalidOperationException">There is no such agent, which validation would have told.</exception>
    internal ActorCriticSettings ActorCritic
    {
        get
        {
            foreach (Func<TrainingSettings, ActorCriticSettings> section in Sections)
            {
                if (section(this) is var agent && agent.AgentName == Agent)
                {
                    return agent;
                }
            }
            throw new InvalidOperationException($"There is no agent '{Agent}'.");
        }
    }

    /// <summary>The tuned settings of an environment and agent, or the agent's defaults where none were tuned.</summary>
    /// <exception cref="Agents.Yaml.SettingsException">There is no such agent.</exception>
    public static TrainingSettings For(string environment, string agent = "ppo") =>
        SettingsSources.Load(environment, agent, null, []);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!AgentNames.Contains(Agent))
        {
            yield return new ValidationResult(
                $"there is no agent '{Agent}'.{NearestName.Suggest(Agent, AgentNames)} Known: {string.Join(", ", AgentNames)}.",
                [nameof(Agent)]
            );
            yield break; // what follows looks at the agent's settings
        }
        if (Fleet.CopiesPerActor > 0 && ActorCritic.Copies % Fleet.CopiesPerActor != 0)
        {
            yield return new ValidationResult(
                $"{Fleet.CopiesPerActor} copies per actor do not divide the {ActorCritic.Copies} copies of a batch. Choose a divisor.",
                ["Fleet." + nameof(Fleet.CopiesPerActor)]
            );
        }
        if (Network.Core == CoreKind.Identity && ActorCritic.BurnIn > 0)
        {
            yield return new ValidationResult(
                $"a burn-in of {ActorCritic.BurnIn} steps needs a core to burn in. Set network.core, or burn_in to 0.",
                [KeyOf(nameof(ActorCriticSettings.BurnIn))]
            );
        }
        if (Network.Core == CoreKind.Gtrxl && ActorCritic.Optimizer == OptimizerKind.Kfac)
        {
            yield return new ValidationResult(
                "K-FAC has no factors for the layers of a gated transformer. Choose the core lstm or gru, or another optimizer.",
                ["Network." + nameof(Network.Core)]
            );
        }
        int minibatches = ActorCritic.MinibatchCount;
        if (Network.Core != CoreKind.Identity && ActorCritic.Copies % minibatches != 0)
        {
            yield return new ValidationResult(
                $"with a core, minibatches are shares of the copies, and {minibatches} do not divide {ActorCritic.Copies}. Choose a divisor.",
                [KeyOf(nameof(Ppo.Minibatches))]
            );
        }
    }

    // Of the agent's section, in the form of a member's name.
    private string KeyOf(string member) => $"{char.ToUpperInvariant(Agent[0])}{Agent[1..]}.{member}";
}
