using Actors.Options;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Protos;

namespace Actors;

/// <summary>An environment batch with the layers its settings ask for, and handles to those that others read. Owns the batch.</summary>
/// <remarks>
/// From the inside out: sticky actions, no-ops at reset, frame skip (these three define the task, so evaluation has them, too), value
/// check, options, episode statistics on raw rewards, skill of the episode, previous action and reward, reward scale, reward normalisation or clip, frame stack. Observations come
/// out raw: the policy scales and normalises them itself. Actions come from a policy, which keeps to its space. So stickiness is decided at every
/// environment step, no-ops are single environment steps, and an episode's length counts actions, or options.
/// </remarks>
internal sealed class EnvironmentPipeline : IDisposable
{
    private readonly int _formerLayers; // that earlier releases had around these

    private EnvironmentPipeline(IBatchedEnvironment environment, EpisodeStatistics episodes, int formerLayers)
    {
        Environment = environment;
        Episodes = episodes;
        _formerLayers = formerLayers;
    }

    /// <summary>The outermost layer: what the agent steps.</summary>
    public IBatchedEnvironment Environment { get; }

    /// <summary>
    /// What a policy takes: raw observations, since it scales and normalises them itself; of real numbers where it scales bytes.
    /// </summary>
    public required EnvironmentSpec PolicySpec { get; init; }

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

    /// <summary>The layers of training.</summary>
    /// <param name="environment">Raw batch; owned from here on.</param>
    /// <param name="settings">Which layers to add.</param>
    /// <param name="discountFactor">γ of the reward normalisation's discounted sums.</param>
    /// <exception cref="SettingsException">A layer does not fit the environment, which is disposed.</exception>
    public static EnvironmentPipeline ForTraining(IBatchedEnvironment environment, WrapperSettings settings, float discountFactor)
    {
        try
        {
            return WithLayers(environment, settings, discountFactor);
        }
        catch (SettingsException)
        {
            environment.Dispose();
            throw;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            environment.Dispose();
            string suffix = $" (Parameter '{(exception as ArgumentException)?.ParamName}')"; // for programmers
            string message = exception.Message.EndsWith(suffix, StringComparison.Ordinal)
                ? exception.Message[..^suffix.Length]
                : exception.Message;
            throw new SettingsException($"wrappers: {message}", exception);
        }
    }

    private static EnvironmentPipeline WithLayers(IBatchedEnvironment environment, WrapperSettings settings, float discountFactor)
    {
        (IBatchedEnvironment layers, EpisodeStatistics episodes) = DefineTask(environment, settings.Task);
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
            if (settings.Skills > 0)
            {
                throw new ArgumentException(
                    $"skills is {settings.Skills} and frame_stack is {settings.FrameStack}, but with a skill beside them observations are no longer of one Box, which alone can be stacked. Leave one of them out; a network with a memory needs no stack."
                );
            }
            layers = new FrameStack(layers, settings.FrameStack);
        }
        bool scales = settings.ObservationScale != 1;
        EnvironmentSpec policySpec = SeenByNetwork(layers.Spec, scales);
        RequireNumbers(policySpec, scales, settings.NormalizeObservations);
        int formerLayers = (scales ? 1 : 0) + (settings.NormalizeObservations ? 1 : 0);
        return new EnvironmentPipeline(layers, episodes, formerLayers) { PolicySpec = policySpec };
    }

    /// <summary>The layers of evaluation: the task a policy was trained on, raw rewards, and observations that it normalises itself.</summary>
    /// <param name="environment">Raw batch; owned from here on.</param>
    /// <param name="policy">The policy, which says what it was shown.</param>
    /// <param name="skill">The skill of every episode; null for one drawn anew each time, where the policy has any.</param>
    /// <exception cref="ArgumentException">The policy has no such skill.</exception>
    public static EnvironmentPipeline ForEvaluation(IBatchedEnvironment environment, PolicyInfo policy, int? skill = null)
    {
        if (skill is { } chosen && (uint)chosen >= (uint)policy.Skills)
        {
            throw new ArgumentException(
                policy.Skills == 0
                    ? $"Skill {chosen} was chosen, but the policy was trained without skills. Leave the skill out, or train one with wrappers.skills."
                    : $"Skill {chosen} was chosen, but the policy's skills are 0 to {policy.Skills - 1}. Choose one of these."
            );
        }
        (IBatchedEnvironment layers, EpisodeStatistics episodes) = DefineTask(environment, policy, skill);
        if (policy.FrameStack > 1)
        {
            layers = new FrameStack(layers, policy.FrameStack);
        }
        return new EnvironmentPipeline(layers, episodes, formerLayers: 0) { PolicySpec = layers.Spec };
    }

    /// <inheritdoc cref="IBatchedEnvironment.SaveState"/>
    public void SaveState(StateDictionary state) => Environment.SaveState(state);

    /// <summary>Continues from a saved state.</summary>
    /// <param name="state">Where it was saved.</param>
    /// <param name="hasFormerLayers">
    /// Whether it was saved by a release that scaled and normalised observations in layers around these, which saved nothing of what is within where the
    /// environment cannot be saved.
    /// </param>
    public void LoadState(StateDictionary state, bool hasFormerLayers = false)
    {
        int former = hasFormerLayers ? _formerLayers : 0;
        if (former > 0 && !Environment.CanSaveState)
        {
            return;
        }
        for (int i = 0; i < former; i++)
        {
            state = state.Scope("inner");
        }
        Environment.LoadState(state);
    }

    /// <inheritdoc/>
    public void Dispose() => Environment.Dispose();

    private static void RequireNumbers(EnvironmentSpec spec, bool scales, bool normalizes)
    {
        if (scales && spec.ObservationSpace is not Box)
        {
            throw new ArgumentException(
                $"{spec.Id} shows {spec.ObservationSpace}; only observations of a Box can be scaled. Leave the scale out."
            );
        }
        if (normalizes && NormalizedParts.Of(spec.ObservationSpace).Size == 0)
        {
            string remedy =
                spec.ObservationSpace is Box
                    ? "divides bytes by their largest value itself. Leave normalize_observations out, or make real numbers of them by observation_scale."
                    : "takes bytes and integers as they are. Leave normalize_observations out.";
            throw new ArgumentException(
                $"{spec.Id} shows {spec.ObservationSpace}, which holds no real numbers to normalise; the network {remedy}"
            );
        }
    }

    // Scaled bytes are bytes no longer, so the network may not divide or expand them as such.
    private static EnvironmentSpec SeenByNetwork(EnvironmentSpec spec, bool scales) =>
        scales && spec.ObservationSpace is Box { ElementType: ElementType.UInt8 } box
            ? spec with
            {
                ObservationSpace = box with { ElementType = ElementType.Float32 },
            }
            : spec;

    private static OptionLayer WithOptions(IBatchedEnvironment environment, OptionSettings settings, int frameSkip)
    {
        var options = OptionPolicies.Load(settings, environment.Spec, frameSkip);
        try
        {
            return new OptionLayer(environment, options, settings.Horizon);
        }
        catch
        {
            options.Dispose();
            throw;
        }
    }

    private static (IBatchedEnvironment Layers, EpisodeStatistics Episodes) DefineTask(
        IBatchedEnvironment layers,
        TaskSettings task,
        int? skill = null
    )
    {
        if (task.StickyActions > 0)
        {
            layers = new StickyActions(layers, task.StickyActions);
        }
        if (task.NoopMax > 0)
        {
            layers = new NoopReset(layers, task.NoopMax);
        }
        if (task.FrameSkip > 1)
        {
            layers = new FrameSkip(layers, task.FrameSkip);
        }
        layers = new ValueCheck(layers);
        if (task.Options is { } options)
        {
            layers = WithOptions(layers, options, task.FrameSkip);
        }
        var episodes = new EpisodeStatistics(layers);
        layers = task.Skills > 0 ? new SkillPerEpisode(episodes, task.Skills, skill) : episodes;
        return (task.PreviousActionReward ? new PreviousActionReward(layers) : layers, episodes);
    }
}
