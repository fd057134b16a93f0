using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Agents.Policies;
using Learners.Composition;

namespace Learners.References;

/// <summary>Settings of a saved policy that stays as it is. Immutable.</summary>
/// <remarks>It reads raw observations through its own scale, statistics and network, whatever the agent's are. It is needed again where a run is resumed.</remarks>
public sealed record SavedReferenceSettings : ReferenceSettings, IValidatableObject
{
    /// <inheritdoc/>
    public override string Name => "saved";

    /// <inheritdoc/>
    public override string Description => "a saved policy, which stays as it is";

    /// <summary>Folder of the policy, or of a run, whose latest one is meant.</summary>
    public string Path { get; init; } = "";

    /// <summary>SHA-256 of the policy's weights, in hexadecimal, which a run writes into its <c>config.yaml</c>.</summary>
    /// <value>Null, the default, takes whatever lies there; anything else is compared.</value>
    public string? WeightsSha256 { get; init; }

    internal override bool KnowsValues => true;

    internal override string? MistakeInFleet =>
        MemoryOf(PolicyFiles.Describe(Path).Network) is { } core ? HasMemory(Name, core) : null;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Path.Length == 0)
        {
            yield return new ValidationResult(
                "no policy is named. Give the folder of a run or of a policy, such as runs/CartPole-v1/ppo/20260101-120000-1.",
                [nameof(Path)]
            );
        }
    }

    internal override ReferenceSettings Pinned() => this with { WeightsSha256 = PolicySum.Require(Path, WeightsSha256, Name) };

    internal override ReferencePolicy Create(ReferenceContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Pinned();
        SavedPolicy policy = SavedPolicy.Load(Path);
        try
        {
            NetworkSpec spec = policy.ActingNetwork.Spec;
            ReferenceFit.Require(spec, context.Network, $"{context.Key}: the policy in '{Path}'");
            var family = spec.Distribution;
            return new RawReference(policy.ActingNetwork.Evaluate, spec.CoreStateSize, family, this, context, policy);
        }
        catch
        {
            policy.Dispose();
            throw;
        }
    }
}
