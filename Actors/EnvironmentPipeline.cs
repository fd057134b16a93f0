using Agents.Networks;
using Agents.Policies;
using Environments;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Protos;

namespace Actors;

/// <summary>An environment batch with the layers its settings ask for, and handles to those that others read. Owns the batch.</summary>
/// <remarks>
/// From the inside out: sticky actions, no-ops at reset, frame skip (these three define the task, so evaluation has them, too), finite
/// check, episode statistics on raw rewards, previous action and reward, action clip, reward scale, reward normalisation or clip, frame stack, observation scale,
/// observation normalisation. So stickiness is decided at every environment step, no-ops are single environment steps, and an episode's
/// length counts actions.
/// </remarks>
internal sealed class EnvironmentPipeline : IDisposable
{
    private EnvironmentPipeline(
        IBatchedEnvironment environment,
        EpisodeStatistics episodes,
        ObservationNormalization? normalization
    )
    {
        Environment = environment;
        Episodes = episodes;
        Normalization = normalization;
    }

    /// <summary>The outermost layer: what the agent steps.</summary>
    public IBatchedEnvironment Environment { get; }

    /// <summary>What a saved policy takes: observations before they are scaled and normalised, since it does both itself.</summary>
    public required EnvironmentSpec PolicySpec { get; init; }

    /// <summary>What the statistics of <see cref="Normalization"/> take in; null where observations are not normalised.</summary>
    public Space? NormalizedSpace => Normalization?.Inner.Spec.ObservationSpace;

    /// <summary>The network of an agent on these environments.</summary>
    public NetworkSpec NetworkFor(NetworkSettings settings) => new(PolicySpec.ObservationSpace, PolicySpec.ActionSpace, settings);

    /// <summary>The shape of unrolls of these environments.</summary>
    /// <param name="spec">The network that acts.</param>
    /// <param name="steps">T.</param>
    public UnrollShape ShapeFor(NetworkSpec spec, int steps)
    {
        // Only the outermost layer may stack, and only what it shows is what the unroll keeps.
        int frames = Environment is FrameStack stack ? stack.Frames : 1;
        bool bytes = Environment.Spec.ObservationSpace is Box { ElementType: ElementType.UInt8 };
        var format = new ObservationFormat(spec.ObservationSize / frames, frames, bytes);
        return new UnrollShape(steps, Environment.Count, format, spec.ActionSpace.Size, spec.CoreStateSize);
    }

    /// <summary>Scores of the episodes that ended in the latest step.</summary>
    public EpisodeStatistics Episodes { get; }

    /// <summary>Running statistics of the observations, where they are normalised.</summary>
    public ObservationNormalization? Normalization { get; }

    /// <summary>The layers of training.</summary>
    /// <param name="environment">Raw batch; owned from here on.</param>
    /// <param name="settings">Which layers to add.</param>
    /// <param name="discountFactor">γ of the reward normalisation's discounted sums.</param>
    public static EnvironmentPipeline ForTraining(IBatchedEnvironment environment, WrapperSettings settings, float discountFactor)
    {
        IBatchedEnvironment task = DefineTask(environment, settings.StickyActions, settings.NoopMax, settings.FrameSkip);
        (IBatchedEnvironment layers, EpisodeStatistics episodes) = Common(task, settings.PreviousActionReward);
        if (settings.RewardScale != 1)
        {
            layers = new RewardScale(layers, settings.RewardScale);
        }
        if (settings.NormalizeRewards)
        {
            layers = new RewardNormalization(layers, discountFactor);
        }
        if (settings.RewardClip > 0)
        {
            layers = new RewardClip(layers, -settings.RewardClip, settings.RewardClip);
        }
        if (settings.FrameStack > 1)
        {
            layers = new FrameStack(layers, settings.FrameStack);
        }
        EnvironmentSpec policySpec = SeenBy(layers.Spec, settings.ObservationScale);
        if (settings.ObservationScale != 1)
        {
            layers = new ObservationScale(layers, settings.ObservationScale);
        }
        ObservationNormalization? normalization = settings.NormalizeObservations ? new ObservationNormalization(layers) : null;
        return new EnvironmentPipeline(normalization ?? layers, episodes, normalization) { PolicySpec = policySpec };
    }

    /// <summary>The layers of evaluation: the task a policy was trained on, raw rewards, and observations that it normalises itself.</summary>
    public static EnvironmentPipeline ForEvaluation(IBatchedEnvironment environment, PolicyInfo policy)
    {
        IBatchedEnvironment task = DefineTask(environment, policy.StickyActions, policy.NoopMax, policy.FrameSkip);
        (IBatchedEnvironment layers, EpisodeStatistics episodes) = Common(task, policy.PreviousActionReward);
        if (policy.FrameStack > 1)
        {
            layers = new FrameStack(layers, policy.FrameStack);
        }
        return new EnvironmentPipeline(layers, episodes, null) { PolicySpec = SeenBy(layers.Spec, policy.ObservationScale) };
    }

    /// <inheritdoc cref="IBatchedEnvironment.SaveState"/>
    public void SaveState(StateDictionary state) => Environment.SaveState(state);

    /// <inheritdoc cref="IBatchedEnvironment.LoadState"/>
    public void LoadState(StateDictionary state) => Environment.LoadState(state);

    /// <inheritdoc/>
    public void Dispose() => Environment.Dispose();

    // Scaled bytes are bytes no longer, so nothing may store or treat them as such.
    private static EnvironmentSpec SeenBy(EnvironmentSpec spec, float observationScale) =>
        observationScale != 1 && spec.ObservationSpace is Box { ElementType: ElementType.UInt8 } box
            ? spec with
            {
                ObservationSpace = box with { ElementType = ElementType.Float32 },
            }
            : spec;

    private static IBatchedEnvironment DefineTask(IBatchedEnvironment layers, double stickyActions, int noopMax, int frameSkip)
    {
        if (stickyActions > 0)
        {
            layers = new StickyActions(layers, stickyActions);
        }
        if (noopMax > 0)
        {
            layers = new NoopReset(layers, noopMax);
        }
        return frameSkip > 1 ? new FrameSkip(layers, frameSkip) : layers;
    }

    private static (IBatchedEnvironment Layers, EpisodeStatistics Episodes) Common(
        IBatchedEnvironment environment,
        bool previousActionReward
    )
    {
        var episodes = new EpisodeStatistics(new FiniteCheck(environment));
        IBatchedEnvironment layers = previousActionReward ? new PreviousActionReward(episodes) : episodes;
        return (environment.Spec.ActionSpace is Box ? new ActionClip(layers) : layers, episodes);
    }
}
