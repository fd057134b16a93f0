using Agents.Kernels;
using Agents.Networks;
using Learners.Composition;

namespace Learners.ActorCritic;

/// <summary>What an actor-critic's learner surely allocates besides parameters and what acting needs.</summary>
internal static class ActorCriticMemory
{
    private const int BlockRows = 64; // of networks without a memory

    /// <summary>Its arrays.</summary>
    /// <param name="agent">The agent.</param>
    /// <param name="spec">Its network.</param>
    /// <param name="layout">Parameters of the network.</param>
    public static IEnumerable<MemoryPart> Of(ActorCriticSettings agent, NetworkSpec spec, ParameterLayout layout)
    {
        bool recurrent = spec.CoreStateSize > 0;
        double rows = (double)(agent.UnrollLength + 1) * agent.Copies;
        double learned =
            (recurrent ? (double)(agent.UnrollLength - agent.BurnIn) * agent.Copies : agent.StepsPerUnroll)
            / agent.MinibatchCount;
        double block = recurrent ? learned : Math.Min(learned, BlockRows);
        int trunks = spec.Trunks.Count;
        return
        [
            new(
                $"inputs of the network for {learned} samples",
                "Raise minibatches, or lower unroll_length or copies",
                learned * spec.FeatureSize,
                1
            ),
            new(
                $"distributions of {agent.UnrollLength} steps × {agent.Copies} copies",
                "Lower unroll_length or copies, or give the environment fewer actions",
                rows * spec.DistributionSize,
                1
            ),
            new(
                $"activations of {block} samples",
                "Lower network.hidden_sizes, unroll_length or copies",
                block * Widest(spec),
                2 * trunks
            ),
            .. OfCore(spec, agent, learned),
            .. agent.Optimizer.MemoryOf(layout),
            .. agent.Auxiliary.SelectMany(auxiliary => auxiliary.MemoryOf(spec, agent.StepsPerUnroll)),
        ];
    }

    private static double Widest(NetworkSpec spec)
    {
        double widest = spec.Core.Branches[0].Columns;
        foreach (Head head in spec.Heads)
        {
            widest = Math.Max(widest, head.Size);
        }
        foreach (int size in spec.Plan.HiddenSizes)
        {
            widest = Math.Max(widest, size);
        }
        foreach (ConvolutionShape[] shapes in spec.Plan.Convolutions)
        {
            foreach (ConvolutionShape shape in shapes)
            {
                widest = Math.Max(widest, shape.OutputSize);
            }
        }
        return widest;
    }

    private static IEnumerable<MemoryPart> OfCore(NetworkSpec spec, ActorCriticSettings agent, double samples) =>
        spec
            .Cores.GroupBy(place => place.Stage)
            .SelectMany(places =>
                places
                    .First()
                    .Core.Activations(agent.UnrollLength - agent.BurnIn)
                    .Select(array => new MemoryPart(
                        $"{array.What} for {samples} samples",
                        places.Key is { } stage
                            ? $"Lower core_size of stage {stage.Index} of the mixture or unroll_length, or raise minibatches"
                            : $"Lower network.core_size, other settings of the core {spec.Settings.Core} or unroll_length, or raise minibatches",
                        samples * array.PerSample,
                        array.Arrays * places.Count()
                    ))
            );
}
