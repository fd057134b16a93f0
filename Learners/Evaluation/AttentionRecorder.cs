using Actors;
using Agents.Networks.Cores.Transformers;
using Agents.Policies;
using Environments;

namespace Learners.Evaluation;

/// <summary>Plays an episode with a saved policy and keeps what its transformer looked at.</summary>
public static class AttentionRecorder
{
    /// <summary>Plays the first episode of a seed.</summary>
    /// <param name="policy">A policy whose core is a transformer.</param>
    /// <param name="options">Which episode; null for the defaults.</param>
    /// <exception cref="NotSupportedException">The policy's core is no transformer.</exception>
    /// <exception cref="ArgumentException">The environment is unknown, or its spaces are not the policy's.</exception>
    public static AttentionRecording Record(SavedPolicy policy, AttentionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        options ??= new AttentionOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxSteps, 1);
        TransformerSettings transformer = policy.Network.Transformer;
        if (!policy.ActingNetwork.Watch(GatedTransformerCore.WeightsName(0)))
        {
            throw new NotSupportedException(
                $"The policy's core is {policy.Network.Core}, which attends to nothing. Train one with --core gtrxl."
            );
        }
        for (int layer = 1; layer < transformer.Layers; layer++)
        {
            policy.ActingNetwork.Watch(GatedTransformerCore.WeightsName(layer));
        }
        using EnvironmentPipeline pipeline = Evaluator.CreatePipeline(
            policy,
            options.Environment,
            1,
            Evaluator.DefaultMaxEpisodeSteps,
            options.Registry
        );
        IBatchedEnvironment environment = pipeline.Environment;
        PolicySession session = Evaluator.Start(pipeline, policy, options.Seed, options.Deterministic);
        int heads = transformer.Heads;
        int maps = transformer.Layers * heads;
        var steps = new List<float[]>(); // of each step [L, H, M + 1], by distance
        double sum = 0;
        bool ended = false;
        while (!ended && steps.Count < options.MaxSteps)
        {
            environment.Step(session.Act(environment.Observations));
            steps.Add(Read(policy, transformer));
            sum += environment.Rewards[0];
            ended = environment.Terminated[0] | environment.Truncated[0];
        }
        var weights = new float[maps * steps.Count * steps.Count];
        for (int map = 0; map < maps; map++)
        {
            for (int query = 0; query < steps.Count; query++)
            {
                for (int distance = 0; distance <= Math.Min(query, transformer.MemoryLength); distance++)
                {
                    float weight = steps[query][map * (transformer.MemoryLength + 1) + distance];
                    weights[(map * steps.Count + query) * steps.Count + query - distance] = weight;
                }
            }
        }
        return new AttentionRecording
        {
            Layers = transformer.Layers,
            Heads = heads,
            MemoryLength = transformer.MemoryLength,
            Steps = steps.Count,
            Return = sum,
            Weights = weights,
        };
    }

    private static float[] Read(SavedPolicy policy, TransformerSettings transformer)
    {
        int distances = transformer.MemoryLength + 1;
        var weights = new float[transformer.Layers * transformer.Heads * distances];
        for (int layer = 0; layer < transformer.Layers; layer++)
        {
            Span<float> ofLayer = weights.AsSpan(layer * transformer.Heads * distances, transformer.Heads * distances);
            policy.ActingNetwork.Watched(GatedTransformerCore.WeightsName(layer)).CopyTo(ofLayer);
            for (int head = 0; head < transformer.Heads; head++)
            {
                ofLayer.Slice(head * distances, distances).Reverse(); // from places, farthest first, to distances
            }
        }
        return weights;
    }
}
