using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Spaces;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Models;
using Learners.Optimizers;
using Learners.Returns;
using Learners.Similarity;

namespace Learners.ActorCritic;

/// <summary>Settings that every on-policy actor-critic agent has. Defaults stand in the agent's own record. Immutable.</summary>
public abstract record ActorCriticSettings : AgentSettings
{
    private protected ActorCriticSettings() { }

    /// <inheritdoc/>
    public override int Copies { get; init; }

    /// <inheritdoc/>
    public override int UnrollLength { get; init; }

    /// <summary>
    /// Steps at the start of each unroll that only bring the stored core state up to date with the learner's parameters (Kapturowski et al.
    /// 2019, section 3): nothing is learned from them, and no gradient flows into them.
    /// </summary>
    /// <value>0 to 10,000, less than unroll_length. Default 0: the actor's state is used as it is. Needs a core.</value>
    [Range(0, 10_000)]
    public int BurnIn { get; init; }

    /// <summary>Step size of the optimiser at the start of training.</summary>
    /// <value>0 to 1e4.</value>
    [Range(0f, 1e4f)]
    public float LearningRate { get; init; }

    /// <summary>How the step size changes over the run's steps.</summary>
    /// <value>Constant, linear to 0, or a schedule of your own.</value>
    public ScheduleKind LearningRateSchedule { get; init; }

    /// <inheritdoc/>
    /// <value>0 to 1. Default 0.99.</value>
    public override float DiscountFactor { get; init; } = 0.99f;

    /// <summary>Weight between one-step (0) and full-unroll (1) advantage estimates, λ.</summary>
    /// <value>0 to 1.</value>
    [Range(0f, 1f)]
    public float Lambda { get; init; }

    /// <summary>Weight of the value loss.</summary>
    /// <value>0 to 100. Default 0.5.</value>
    [Range(0f, 100f)]
    public float ValueCoefficient { get; init; } = 0.5f;

    /// <summary>Weight of the entropy bonus.</summary>
    /// <value>0 to 10.</value>
    [Range(0f, 10f)]
    public float EntropyCoefficient { get; init; }

    /// <summary>Length to which the gradient of all parameters together is cut; 0 leaves it. K-FAC's trust region takes its place.</summary>
    /// <value>0 to 1e6. Default 0.5.</value>
    [Range(0f, 1e6f)]
    public float MaxGradientNorm { get; init; } = 0.5f;

    /// <summary>Whether the advantages of a minibatch are shifted and scaled to mean 0 and deviation 1.</summary>
    public bool NormalizeAdvantages { get; init; }

    /// <summary>Optimiser of the parameters: its name, with its settings under that name.</summary>
    public OptimizerSettings Optimizer { get; init; } = new AdamSettings();

    /// <summary>What is put around the optimiser, the innermost first.</summary>
    /// <value>Default nothing.</value>
    public Parts<OptimizerWrapperSettings> OptimizerWrappers { get; init; } = [];

    /// <summary>Maps from what the optimiser moves to the parameters of the network, the first one applied first.</summary>
    /// <value>Default none: the optimiser moves the parameters themselves.</value>
    public Parts<ParameterMapSettings> ParameterMaps { get; init; } = [];

    /// <summary>Losses, rewards and networks beside the agent's own.</summary>
    /// <value>Default none.</value>
    public Parts<AuxiliarySettings> Auxiliary { get; init; } = [];

    /// <summary>How the gradient of each auxiliary loss is let through by its cosine with that of the agent's own losses.</summary>
    /// <value>Default rule none: all gradients add up.</value>
    public GradientSimilaritySettings? GradientSimilarity { get; init; }

    private GradientSimilaritySettings Similarity => GradientSimilarity ?? new();

    /// <summary>Limits of V-trace's importance ratios; null for agents that learn only from the policy that acted.</summary>
    internal virtual VTraceClips? OffPolicyClips => null;

    /// <summary>Whether all losses are means that samples may count in differently.</summary>
    internal virtual bool CountsWeights => true;

    /// <summary>How a target network follows, and whether it acts; null for agents without one.</summary>
    internal virtual TargetRule? Target => null;

    /// <summary>Share of a batch in the running scale of a normalised value head; null for a head that gives values as they are.</summary>
    internal virtual double? ReturnScaleRate => null;

    /// <summary>Passes over a batch.</summary>
    internal virtual int EpochCount => 1;

    /// <summary>Equal parts into which a batch is split.</summary>
    internal virtual int MinibatchCount => 1;

    /// <summary>What moves the parameters.</summary>
    internal ModelSettings ModelSettings =>
        new()
        {
            Optimizer = Optimizer,
            Wrappers = OptimizerWrappers,
            Maps = ParameterMaps,
            Similarity = Similarity,
            MaxGradientNorm = MaxGradientNorm,
            Target = Target,
            ReturnScaleRate = ReturnScaleRate,
        };

    /// <inheritdoc/>
    internal override NetworkSettings Extend(NetworkSettings network, EnvironmentSpec environment)
    {
        HeadSettings[] further =
        [
            .. Auxiliary
                .SelectMany(auxiliary => auxiliary.HeadsOf(environment))
                .Where(head => network.Heads.All(other => other.Name != head.Name)),
        ];
        network = further.Length == 0 ? network : network with { Heads = [.. network.Heads, .. further] };
        network = Auxiliary.Aggregate(network, (before, auxiliary) => auxiliary.Extend(before, environment));
        if (
            network.Mixture is not null
            && environment.ActionSpace is not Discrete
            && Auxiliary.FirstOrDefault(auxiliary => auxiliary.ComparesPolicies) is { } other
        )
        {
            throw new SettingsException(
                $"{Agent.Name}.auxiliary: {other.Name} compares policies over {environment.ActionSpace} component by component, and those of a mixture do not fall apart into components. Leave out {other.Name} or the curriculum."
            );
        }
        return network;
    }

    internal override IEnumerable<string> FurtherCores => Auxiliary.SelectMany(auxiliary => auxiliary.FurtherCores);

    internal override bool EvaluatesLastStage => Auxiliary.Any(auxiliary => auxiliary.EvaluatesLastStage);

    internal override AgentSettings Pinned() =>
        this with
        {
            Auxiliary = new Parts<AuxiliarySettings>([.. Auxiliary.Select(auxiliary => auxiliary.Pinned())]),
        };

    internal override string? MistakeInFleet =>
        Auxiliary.Select(auxiliary => auxiliary.MistakeInFleet).FirstOrDefault(why => why is not null);

    internal override string ControlName => string.Concat(Auxiliary.Select(auxiliary => auxiliary.ControlName));

    internal override IPolicy Controlled(NetworkPolicy own, TrainingSettings run, Func<string, EnvironmentSpec?> findTask) =>
        Auxiliary.Select(auxiliary => auxiliary.Controlled(own, run, findTask)).FirstOrDefault(policy => policy is not null)
        ?? own;

    /// <inheritdoc/>
    public override bool FollowsProgress =>
        LearningRateSchedule != ScheduleKind.Constant || Auxiliary.Any(auxiliary => auxiliary.FollowsProgress);

    internal override double WorkOf(double perSample, ParameterLayout layout) =>
        StepsPerUnroll * EpochCount * perSample + EpochCount * MinibatchCount * Optimizer.WorkOf(layout);

    // Values, gradients, a copy for acting, its own and the learner's transposed weights; Adam's two means are not in every optimiser.
    internal override int ParameterCopies =>
        5
        + (Target is null ? 0 : 2)
        + OptimizerWrappers.Count
        + 2 * ParameterMaps.Count
        + Similarity.GradientsOf(Auxiliary.Count(auxiliary => auxiliary.AddsLoss));

    internal override IEnumerable<MemoryPart> MemoryOf(NetworkSpec network, ParameterLayout layout) =>
        ActorCriticMemory.Of(this, network, layout);

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (ValidationResult result in base.Validate(validationContext))
        {
            yield return result;
        }
        if (BurnIn >= UnrollLength)
        {
            yield return new ValidationResult(
                $"a burn-in of {BurnIn} leaves nothing to learn from in unrolls of {UnrollLength} steps. Lower it, or raise unroll_length.",
                [nameof(BurnIn)]
            );
        }
        if (Optimizer.NeedsCurvature && ParameterMaps.Count > 0)
        {
            yield return new ValidationResult(
                $"the curvature that {Optimizer.Name} follows is that of the network's parameters, and {ParameterMaps[0].Name} maps them. Leave the maps out, or choose another optimizer.",
                [nameof(ParameterMaps)]
            );
        }
        if (
            Similarity.Mistake(
                Auxiliary.Any(auxiliary => auxiliary.AddsLoss),
                "Add a part to auxiliary, such as reward_prediction"
            ) is
            { } mistake
        )
        {
            yield return mistake;
        }
    }

    /// <inheritdoc/>
    public override IEnumerable<ValidationResult> ValidateIn(TrainingSettings run)
    {
        ArgumentNullException.ThrowIfNull(run);
        bool remembers = run.Network.Core != MemoryCores.Identity || Auxiliary.Any(auxiliary => auxiliary.Remembers(run.Network));
        if (!remembers && BurnIn > 0)
        {
            yield return new ValidationResult(
                $"a burn-in of {BurnIn} steps needs a core to burn in. Set network.core, or burn_in to 0.",
                [nameof(BurnIn)]
            );
        }
        if (remembers && Copies % MinibatchCount != 0)
        {
            yield return new ValidationResult(
                $"with a core, minibatches are shares of the copies, and {MinibatchCount} do not divide {Copies}. Choose a divisor.",
                ["Minibatches"]
            );
        }
        foreach (ValidationResult mistake in MistakesIn(run))
        {
            yield return mistake;
        }
    }

    private IEnumerable<ValidationResult> MistakesIn(TrainingSettings run)
    {
        NetworkSettings network = run.Network;
        if (network.OfEncoder.IsTable)
        {
            if (Optimizer.NeedsCurvature)
            {
                yield return new ValidationResult(
                    $"{Optimizer.Name} keeps the curvature of products with rows, and network.encoder table looks rows up. Choose another optimizer or another encoder.",
                    [nameof(Optimizer)]
                );
            }
            if (ReturnScaleRate is not null && network.HiddenSizes is null or [])
            {
                yield return new ValidationResult(
                    "PopArt moves the bias of the value head, and network.encoder table without hidden layers has none. Leave it out, or give network.hidden_sizes, such as [64].",
                    ["PopArt"]
                );
            }
        }
        foreach (ValidationResult mistake in AuxiliaryMistakes.Of(this, run))
        {
            yield return mistake;
        }
    }
}
