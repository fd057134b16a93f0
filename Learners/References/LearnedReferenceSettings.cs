using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Agents.Policies;
using Agents.Yaml;
using Learners.Composition;
using Learners.Optimizers;

namespace Learners.References;

/// <summary>
/// Settings of a policy that learns to do what the agent does, from what it is shown: where <c>network.view</c> withholds the task, it can learn only what
/// all tasks have in common (Galashov et al. 2019). Immutable.
/// </summary>
/// <remarks>A fresh one reads the observations as the agent's network gets them; one that goes on from a saved policy, as that one was trained.</remarks>
public sealed record LearnedReferenceSettings : ReferenceSettings, IValidatableObject
{
    /// <inheritdoc/>
    public override string Name => "learned";

    /// <inheritdoc/>
    public override string Description => "learns to do what the agent does, from what it is shown";

    /// <summary>Folder of a policy to go on from, such as <c>default_policy</c> of a run; its network is the one that learns.</summary>
    /// <value>Empty, the default, begins with fresh parameters.</value>
    public string Path { get; init; } = "";

    /// <summary>SHA-256 of that policy's weights, in hexadecimal, which a run writes into its <c>config.yaml</c>.</summary>
    /// <value>Null, the default, takes whatever lies there; anything else is compared.</value>
    public string? WeightsSha256 { get; init; }

    /// <summary>Its network, of which <c>view</c> says what it is shown.</summary>
    public NetworkSettings Network { get; init; } = new();

    /// <summary>Optimiser of its parameters: its name, with its settings under that name.</summary>
    public OptimizerSettings Optimizer { get; init; } = new AdamSettings();

    /// <summary>Step size of the optimiser.</summary>
    /// <value>0 to 1e4. Default 1e-3. With 0 it stays as it is.</value>
    [Range(0f, 1e4f)]
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>Samples of a step, where it has no core; with one all of an unroll are a step.</summary>
    /// <value>1 to 1,000,000. Default 256.</value>
    [Range(1, 1_000_000)]
    public int BatchSize { get; init; } = 256;

    /// <summary>Passes over each unroll.</summary>
    /// <value>1 to 1,000. Default 1.</value>
    [Range(1, 1_000)]
    public int Epochs { get; init; } = 1;

    /// <summary>Unrolls after which the copy that the agent is held to takes over what was learned.</summary>
    /// <value>1 to 1,000,000. Default 1.</value>
    [Range(1, 1_000_000)]
    public int TargetPeriod { get; init; } = 1;

    internal override bool Learns => true;

    internal override string? MistakeInFleet => MemoryOf(Resolved) is { } core ? HasMemory(Name, core) : null;

    // Parameters and their gradient, two means, and the copies that lag and act.
    internal override IEnumerable<MemoryPart> MemoryOf(NetworkSpec network, double samples) =>
        [
            .. base.MemoryOf(network, samples),
            .. Path.Length > 0
                ? []
                : (MemoryPart[])
                    [
                        new(
                            $"parameters of the policy {Name}, its means and copies",
                            $"Lower {Name}.network.hidden_sizes, or look at fewer parts by {Name}.network.view",
                            new ParameterLayout(LearnedReference.SpecOf(Network, network)).Count,
                            7
                        ),
                    ],
        ];

    internal override ReferenceSettings Pinned() =>
        Path.Length == 0 ? this : this with { WeightsSha256 = PolicySum.Require(Path, WeightsSha256, Name) };

    internal override ReferencePolicy Create(ReferenceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (Path.Length == 0)
        {
            try
            {
                return new LearnedReference(this, context, start: null);
            }
            catch (SettingsException exception) when (exception.Message.StartsWith("network.", StringComparison.Ordinal))
            {
                throw new SettingsException($"{context.Key}: {Name}.{exception.Message}", exception);
            }
        }
        Pinned();
        using var start = SavedPolicy.Load(Path);
        ReferenceFit.Require(start.ActingNetwork.Spec, context.Network, $"{context.Key}: the policy in '{Path}'");
        return new LearnedReference(this, context, start);
    }

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path.Length > 0 && Network != new NetworkSettings())
        {
            yield return new ValidationResult(
                "a policy to go on from brings its own network. Leave network out, or path.",
                [nameof(Network)]
            );
        }
        if (Path.Length == 0 && WeightsSha256 is not null)
        {
            yield return new ValidationResult(
                "a sum of weights goes with the policy that has them. Give path, or leave weights_sha256 out.",
                [nameof(WeightsSha256)]
            );
        }
        if (Optimizer.NeedsCurvature)
        {
            yield return new ValidationResult(
                $"{Optimizer.Name} follows the curvature of a policy and a value, and this policy learns no value. Choose adam, rmsprop or sgd.",
                [nameof(Optimizer)]
            );
        }
    }

    private NetworkSettings Resolved => Path.Length == 0 ? Network : PolicyFiles.Describe(Path).Network;
}
