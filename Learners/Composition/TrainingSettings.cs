using System.ComponentModel.DataAnnotations;
using Actors;
using Agents.Networks;
using Agents.Policies;
using Environments;
using Environments.Wrappers;

namespace Learners.Composition;

/// <summary>Everything that determines a training run's numbers, and where its by-products go. Immutable.</summary>
/// <remarks>
/// <c>TunedSettings.For</c> gives the tuned settings of an environment and agent; YAML files and <c>--set</c> change them. The same
/// settings give the same parameters, bit for bit, on the same machine.
/// </remarks>
public sealed record TrainingSettings : IValidatableObject
{
    /// <summary>Environment id.</summary>
    public string Environment { get; init; } = "CartPole-v1";

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

    /// <summary>The agent, by its settings: <c>Agent = new A2cSettings { Copies = 32 }</c> trains A2C.</summary>
    /// <remarks>In files <c>agent</c> holds the name, PPO's where there is none, and a section of that name the settings.</remarks>
    public required AgentSettings Agent { get; init; }

    /// <summary>How a fleet's learner treats its actors; nothing else reads it.</summary>
    public FleetSettings Fleet { get; init; } = new();

    /// <summary>The saved policy that the run begins with; its network is taken over, so network settings must be the policy's. <c>--init-from</c> and <c>StartingFrom</c> set all of this.</summary>
    /// <value>Null, the default, begins with fresh parameters.</value>
    public InitialPolicySettings? InitialPolicy { get; init; }

    /// <summary>Folder of a fleet's run from whose journal the unrolls are taken, again and again, in place of stepping environments.</summary>
    /// <value>Null, the default, steps environments. What acted there is not the agent, so that only losses which do not ask who acted learn well from it.</value>
    public string? UnrollsFrom { get; init; }

    /// <summary>When and how the policy is evaluated.</summary>
    public EvaluationSettings Evaluation { get; init; } = new();

    /// <summary>When training state is saved.</summary>
    public CheckpointSettings Checkpoints { get; init; } = new();

    /// <summary>Name of the agent.</summary>
    public string AgentName => Agent.Agent.Name;

    /// <summary>The network that the agent trains with these settings, with the heads that they ask for.</summary>
    /// <param name="environment">The task as the policy sees it.</param>
    internal NetworkSettings NetworkFor(EnvironmentSpec environment) =>
        Agent.Extend(Agent.Agent.NetworkOf(environment, this), environment);

    /// <summary>
    /// These settings for a run that begins with a saved policy, such as one of another task: with the policy's network and the layers of observations
    /// that it was trained with. Change either afterwards only where it still fits.
    /// </summary>
    /// <param name="policy">Folder of a policy, or of a run, whose latest one is meant.</param>
    /// <param name="redrawHeads">Whether heads that do not fit begin with fresh parameters, as where the actions are others.</param>
    /// <exception cref="PolicyFormatException">There is no policy.</exception>
    public TrainingSettings StartingFrom(string policy, bool redrawHeads = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(policy);
        var initial = new InitialPolicySettings { Path = policy, RedrawHeads = redrawHeads };
        PolicyDocument document = initial.Describe();
        return this with
        {
            InitialPolicy = initial,
            // A mixture is a curriculum's: it says how it hands over, and without one its last policy goes on.
            Network = document.Network with
            {
                Heads = Network.Heads,
                Mixture = null,
            },
            Wrappers = Wrappers with
            {
                NormalizeObservations = document.NormalizeObservations,
                ObservationScale = document.ObservationScale,
                FrameStack = document.FrameStack,
                PreviousActionReward = document.PreviousActionReward,
                Skills = document.Skills,
            },
        };
    }

    /// <summary>The agent's settings by their type.</summary>
    /// <typeparam name="TSettings">Such as <c>PpoSettings</c>.</typeparam>
    /// <exception cref="InvalidOperationException">The agent is another one.</exception>
    public TSettings Of<TSettings>()
        where TSettings : AgentSettings =>
        Agent as TSettings
        ?? throw new InvalidOperationException(
            $"The agent is {AgentName}, whose settings are {Agent.GetType().Name}, not {typeof(TSettings).Name}. Ask for those, or choose the agent first."
        );

    /// <summary>These settings with some of the agent's own changed: <c>settings.With((PpoSettings ppo) => ppo with { Epochs = 2 })</c>.</summary>
    /// <inheritdoc cref="Of{TSettings}"/>
    /// <param name="change">Gives the changed ones.</param>
    public TrainingSettings With<TSettings>(Func<TSettings, TSettings> change)
        where TSettings : AgentSettings
    {
        ArgumentNullException.ThrowIfNull(change);
        return this with { Agent = change(Of<TSettings>()) };
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Fleet.CopiesPerActor > 0 && Agent.Copies % Fleet.CopiesPerActor != 0)
        {
            yield return new ValidationResult(
                $"{Fleet.CopiesPerActor} copies per actor do not divide the {Agent.Copies} copies of a batch. Choose a divisor.",
                ["Fleet." + nameof(Fleet.CopiesPerActor)]
            );
        }
        if (Agent.Agent.ActingMistake is { } unknown)
        {
            yield return new ValidationResult(unknown, [AgentName]);
        }
        foreach (ValidationResult mistake in Agent.ValidateIn(this))
        {
            string[] keys = [.. mistake.MemberNames.Select(member => $"{AgentName}.{member}")];
            yield return new ValidationResult(mistake.ErrorMessage, keys.Length > 0 ? keys : [AgentName]);
        }
    }
}
