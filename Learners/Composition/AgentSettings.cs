using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Agents.Policies;
using Agents.Yaml;
using Environments;

namespace Learners.Composition;

/// <summary>
/// Settings of an agent: what sources of experience and fleets need of any, and in a record of its own the rest. Immutable; derive variants with
/// <c>with</c>.
/// </summary>
/// <remarks>
/// Every property that can be set is a key of the agent's section, in lower case with underscores, and is checked against its
/// <see cref="RangeAttribute"/>. Equal settings give equal runs, so properties are compared by value.
/// </remarks>
public abstract record AgentSettings : IValidatableObject, ISection
{
    /// <summary>The agent whose settings these are, which a run with them trains.</summary>
    public abstract Agent Agent { get; }

    /// <summary>Environment copies stepped together, B.</summary>
    /// <value>1 to 65,536.</value>
    [Range(1, 65_536)]
    public abstract int Copies { get; init; }

    /// <summary>Environment steps per copy in an unroll, T.</summary>
    /// <value>1 to 100,000.</value>
    [Range(1, 100_000)]
    public abstract int UnrollLength { get; init; }

    /// <summary>Factor by which a reward one step later counts less, γ; normalised rewards need it, too.</summary>
    /// <value>0 to 1.</value>
    [Range(0f, 1f)]
    public abstract float DiscountFactor { get; init; }

    /// <summary>Unrolls by which acting lags behind learning where the lag is fixed: in one process, and in a fleet's lock step.</summary>
    /// <value>0 or 1. Default 0: the newest parameters act.</value>
    public virtual int FixedPolicyLag => 0;

    /// <summary>Whether something follows <see cref="IExperienceSource.Progress"/>, and so changes when a run is resumed with other total steps.</summary>
    /// <value>Default false.</value>
    public virtual bool FollowsProgress => false;

    /// <summary>Environment steps of an unroll, T × B.</summary>
    public int StepsPerUnroll => Copies * UnrollLength;

    string ISection.Name => Agent.Name;

    object ISection.Copy() => this with { };

    /// <summary>What is wrong with these settings by themselves, beyond their ranges.</summary>
    /// <param name="validationContext">Not used.</param>
    /// <returns>A sentence for each mistake that says how to mend it, with the name of the property.</returns>
    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if ((long)Copies * UnrollLength > 1 << 26)
        {
            yield return new ValidationResult(
                $"{Copies} copies of {UnrollLength} steps do not fit one update. Lower copies or unroll_length.",
                [nameof(UnrollLength)]
            );
        }
    }

    /// <summary>What is wrong with these settings in a run of others.</summary>
    /// <param name="run">The run; its agent is this one.</param>
    /// <returns>As <see cref="Validate"/>; without a property's name the mistake is the agent's as a whole.</returns>
    public virtual IEnumerable<ValidationResult> ValidateIn(TrainingSettings run) => [];

    /// <summary>The agent's network with what the settings add to it.</summary>
    /// <param name="network">The network without it.</param>
    /// <param name="environment">The task as the policy sees it.</param>
    internal virtual NetworkSettings Extend(NetworkSettings network, EnvironmentSpec environment) => network;

    /// <summary>Cores that the network has beside its own, whose settings are read, too.</summary>
    internal virtual IEnumerable<string> FurtherCores => [];

    /// <summary>Whether evaluations are played by the last policy of a mixture alone.</summary>
    internal virtual bool EvaluatesLastStage => false;

    /// <summary>The same, with sums of the files that they name, which may not change while a run goes on.</summary>
    internal virtual AgentSettings Pinned() => this;

    /// <summary>Why a fleet cannot train with these settings, as a sentence that says how to mend it; null where it can.</summary>
    internal virtual string? MistakeInFleet => null;

    /// <summary>Who takes the actions, for comparison; empty for the agent.</summary>
    internal virtual string ControlName => "";

    /// <summary>What acts in a run of one process.</summary>
    /// <param name="own">The agent's policy; the caller's.</param>
    /// <param name="run">The run.</param>
    /// <param name="findTask">Looks an environment up by its id.</param>
    /// <returns><paramref name="own"/>, or one in whose control the agent is, which is then the caller's, too.</returns>
    internal virtual IPolicy Controlled(NetworkPolicy own, TrainingSettings run, Func<string, EnvironmentSpec?> findTask) => own;

    /// <summary>Arrays of the size of all parameters in a run, for <c>RunSize</c>: the learner's, a copy for acting and its transposed weights.</summary>
    internal virtual int ParameterCopies => 3;

    /// <summary>Arrays of the learner besides those of parameters and acting, for <c>RunSize</c>.</summary>
    internal virtual IEnumerable<MemoryPart> MemoryOf(NetworkSpec network, ParameterLayout layout) => [];

    /// <summary>Roughly how many multiplications learning from an unroll takes.</summary>
    /// <param name="perSample">Those of the network and its environment for one step.</param>
    /// <param name="layout">Parameters.</param>
    internal virtual double WorkOf(double perSample, ParameterLayout layout) => StepsPerUnroll * perSample;
}
