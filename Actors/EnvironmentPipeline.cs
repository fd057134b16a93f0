using Agents.Networks;
using Environments;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Protos;

namespace Actors;

/// <summary>An environment batch with the layers its settings ask for, and handles to those that others read. Owns the batch.</summary>
/// <remarks>
/// From the inside out: finite check, episode statistics on raw rewards, previous action and reward, action clip, reward normalisation
/// or clip, frame stack, observation normalisation.
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

    /// <summary>What a saved policy takes: observations before they are normalised, since it does that itself.</summary>
    public EnvironmentSpec PolicySpec => (Normalization?.Inner ?? Environment).Spec;

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
        (IBatchedEnvironment layers, EpisodeStatistics episodes) = Common(environment, settings.PreviousActionReward);
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
        ObservationNormalization? normalization = settings.NormalizeObservations ? new ObservationNormalization(layers) : null;
        return new EnvironmentPipeline(normalization ?? layers, episodes, normalization);
    }

    /// <summary>The layers of evaluation: raw rewards, and observations that a saved policy normalises itself.</summary>
    public static EnvironmentPipeline ForEvaluation(
        IBatchedEnvironment environment,
        int frameStack,
        bool previousActionReward = false
    )
    {
        (IBatchedEnvironment layers, EpisodeStatistics episodes) = Common(environment, previousActionReward);
        return new EnvironmentPipeline(frameStack > 1 ? new FrameStack(layers, frameStack) : layers, episodes, null);
    }

    /// <inheritdoc cref="IBatchedEnvironment.SaveState"/>
    public void SaveState(StateDictionary state) => Environment.SaveState(state);

    /// <inheritdoc cref="IBatchedEnvironment.LoadState"/>
    public void LoadState(StateDictionary state) => Environment.LoadState(state);

    /// <inheritdoc/>
    public void Dispose() => Environment.Dispose();

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
