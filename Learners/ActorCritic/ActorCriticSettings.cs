using System.ComponentModel.DataAnnotations;
using Learners.Optimizers;
using Learners.Optimizers.Kfac;
using Learners.Returns;

namespace Learners.ActorCritic;

/// <summary>Settings that every on-policy actor-critic agent has. Defaults stand in the agent's own record. Immutable.</summary>
public abstract record ActorCriticSettings : IValidatableObject
{
    private protected ActorCriticSettings() { }

    /// <summary>Name of the agent, which its section in files and on the command line has, too.</summary>
    internal abstract string AgentName { get; }

    /// <summary>What the agent is and where it was published, on one line.</summary>
    internal abstract string Summary { get; }

    /// <summary>Environment copies stepped together, B.</summary>
    /// <value>1 to 65,536.</value>
    [Range(1, 65_536)]
    public int Copies { get; init; }

    /// <summary>Environment steps per copy between updates, T.</summary>
    /// <value>1 to 100,000.</value>
    [Range(1, 100_000)]
    public int UnrollLength { get; init; }

    /// <summary>
    /// Steps at the start of each unroll that only bring the stored core state up to date with the learner's parameters (Kapturowski et al.
    /// 2019, section 3): nothing is learned from them, and no gradient flows into them.
    /// </summary>
    /// <value>0 to 10,000, less than unroll_length. Default 0: the actor's state is used as it is. Needs a core.</value>
    [Range(0, 10_000)]
    public int BurnIn { get; init; }

    /// <summary>Step size of the optimiser at the start of training.</summary>
    /// <value>0 to 10.</value>
    [Range(0f, 10f)]
    public float LearningRate { get; init; }

    /// <summary>How the step size changes over the run's steps.</summary>
    /// <value>Constant, or linear to 0.</value>
    public ScheduleKind LearningRateSchedule { get; init; }

    /// <summary>Factor by which a reward one step later counts less, γ.</summary>
    /// <value>0 to 1. Default 0.99.</value>
    [Range(0f, 1f)]
    public float DiscountFactor { get; init; } = 0.99f;

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

    /// <summary>Optimiser of the parameters.</summary>
    public OptimizerKind Optimizer { get; init; }

    /// <summary>Settings of Adam, where it is the optimiser.</summary>
    public AdamOptions Adam { get; init; } = new();

    /// <summary>Settings of RMSProp, where it is the optimiser.</summary>
    public RmsPropOptions RmsProp { get; init; } = new();

    /// <summary>Settings of stochastic gradient descent, where it is the optimiser.</summary>
    public SgdOptions Sgd { get; init; } = new();

    /// <summary>Settings of the Kronecker-factored natural gradient, where it is the optimiser.</summary>
    public KfacOptions Kfac { get; init; } = new();

    /// <summary>Limits of V-trace's importance ratios; null for agents that learn only from the policy that acted.</summary>
    internal virtual VTraceClips? OffPolicyClips => null;

    /// <summary>Batches by which acting lags behind learning in one process and in lock step.</summary>
    internal virtual int FixedPolicyLag => 0;

    /// <summary>Batches between two copies of the target network, which then acts; null for agents without one.</summary>
    internal virtual int? TargetNetworkPeriod => null;

    /// <summary>Share of a batch in the running scale of a normalised value head; null for a head that gives values as they are.</summary>
    internal virtual double? ReturnScaleRate => null;

    /// <summary>Passes over a batch.</summary>
    internal virtual int EpochCount => 1;

    /// <summary>Equal parts into which a batch is split.</summary>
    internal virtual int MinibatchCount => 1;

    /// <summary>Environment steps between two updates of the policy, T × B.</summary>
    internal int StepsPerUnroll => Copies * UnrollLength;

    /// <inheritdoc/>
    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((long)Copies * UnrollLength > 1 << 26)
        {
            yield return new ValidationResult(
                $"{Copies} copies of {UnrollLength} steps do not fit one update. Lower copies or unroll_length.",
                [nameof(UnrollLength)]
            );
        }
        if (BurnIn >= UnrollLength)
        {
            yield return new ValidationResult(
                $"a burn-in of {BurnIn} leaves nothing to learn from in unrolls of {UnrollLength} steps. Lower it, or raise unroll_length.",
                [nameof(BurnIn)]
            );
        }
    }
}
