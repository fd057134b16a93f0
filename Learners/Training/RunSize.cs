using System.Globalization;
using Agents.Distributions;
using Agents.Networks;
using Agents.Yaml;
using Environments;
using Learners.ActorCritic;
using Learners.Optimizers;
using Learners.Optimizers.Kfac;

namespace Learners.Training;

/// <summary>What a run needs at least of the machine's memory, told before anything is allocated.</summary>
/// <remarks>
/// Settings and spaces that are possible each by itself multiply to arrays that are too long for .NET, or to more than the machine has, where a
/// process is ended without a word. Counts what is surely allocated, so that nothing is refused that would have fitted.
/// </remarks>
internal static class RunSize
{
    private const int EvaluationCopies = 32;
    private const int BlockRows = 64; // of networks without a memory
    private const int Gates = 4;

    /// <summary>Checks the copies of an environment before they are made.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="spec">The environment.</param>
    /// <param name="limit">Bytes that the run may need.</param>
    /// <exception cref="SettingsException">They need more.</exception>
    public static void RequireEnvironments(TrainingSettings settings, EnvironmentSpec spec, long limit)
    {
        long copies = Math.Max(settings.ActorCritic.Copies, Math.Min(settings.Evaluation.FinalEpisodes, EvaluationCopies));
        double floats = (double)copies * settings.Wrappers.FrameStack * spec.ObservationSpace.Size;
        Require(
            limit,
            [
                new($"{copies} observations of {spec.ObservationSpace}", "Lower copies or wrappers.frame_stack", floats, 2),
                new($"{copies} actions of {spec.ActionSpace}", "Lower copies", (double)copies * spec.ActionSpace.Size, 2),
            ]
        );
    }

    /// <summary>Checks a network and the batches that it learns from.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="spec">Its network.</param>
    /// <param name="limit">Bytes that the run may need.</param>
    /// <exception cref="SettingsException">They need more, or there is no policy over the actions.</exception>
    public static void Require(TrainingSettings settings, NetworkSpec spec, long limit)
    {
        RequirePolicy(spec);
        var layout = new ParameterLayout(spec);
        ActorCriticSettings agent = settings.ActorCritic;
        bool recurrent = spec.CoreStateSize > 0;
        double rows = (double)(agent.UnrollLength + 1) * agent.Copies;
        double learned =
            (recurrent ? (double)(agent.UnrollLength - agent.BurnIn) * agent.Copies : agent.StepsPerUnroll)
            / agent.MinibatchCount;
        double block = recurrent ? learned : Math.Min(learned, BlockRows);
        int trunks = spec.Plan.SharedTrunk ? 1 : 2;
        // Values, gradients, a copy for acting, its own and the learner's transposed weights; Adam's two means are not in every optimiser.
        int parameterCopies = 5 + (agent.TargetNetworkPeriod is null ? 0 : 2);
        Require(
            limit,
            [
                new(
                    $"a network of {layout.Count} parameters",
                    "Lower network.hidden_sizes or network.core_size, or give the environment smaller spaces",
                    layout.Count,
                    parameterCopies
                ),
                new(
                    $"observations of {agent.UnrollLength} steps × {agent.Copies} copies",
                    "Lower unroll_length or copies",
                    rows * spec.ObservationSize,
                    1
                ),
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
                new(
                    $"core states of {agent.Copies} copies",
                    "Lower network.core_size, network.transformer or copies",
                    (double)agent.Copies * spec.CoreStateSize,
                    2
                ),
                .. OfCore(spec.Settings, agent, learned, trunks),
                .. OfOptimizer(agent.Optimizer, layout),
            ]
        );
    }

    private static void RequirePolicy(NetworkSpec spec)
    {
        try
        {
            _ = ActionDistribution.For(spec.ActionSpace);
        }
        catch (NotSupportedException exception)
        {
            throw new SettingsException(exception.Message, exception);
        }
    }

    private static double Widest(NetworkSpec spec)
    {
        IEnumerable<double> convolved = spec
            .Plan.Convolutions.SelectMany(shapes => shapes)
            .Select(shape => (double)shape.OutputSize);
        double core = spec.Settings.Core switch
        {
            CoreKind.Lstm or CoreKind.Gru => Gates * spec.Settings.CoreSize,
            CoreKind.Identity or CoreKind.Gtrxl => spec.TrunkSize,
        };
        return spec.Plan.HiddenSizes.Select(size => (double)size).Concat(convolved).Append(core).Max();
    }

    private static IEnumerable<Part> OfCore(NetworkSettings network, ActorCriticSettings agent, double rows, int trunks) =>
        network.Core switch
        {
            CoreKind.Gtrxl => Transformer(network, agent, rows, trunks),
            CoreKind.Identity or CoreKind.Lstm or CoreKind.Gru => [],
        };

    private static IEnumerable<Part> OfOptimizer(OptimizerKind optimizer, ParameterLayout layout) =>
        optimizer switch
        {
            OptimizerKind.Kfac => Factors(layout),
            OptimizerKind.Adam or OptimizerKind.RmsProp or OptimizerKind.Sgd => [],
        };

    private static IEnumerable<Part> Transformer(NetworkSettings network, ActorCriticSettings agent, double rows, int trunks)
    {
        double steps = agent.UnrollLength - agent.BurnIn;
        double seen = steps + network.Transformer.MemoryLength;
        double sequences = rows / steps;
        int copies = trunks * network.Transformer.Layers;
        const string Hint = "Lower network.transformer or unroll_length, or raise minibatches";
        yield return new Part(
            $"attention of {steps} steps over {seen}",
            Hint,
            sequences * network.Transformer.Heads * steps * seen,
            copies
        );
        yield return new Part(
            $"keys and values of {seen} steps",
            Hint,
            sequences * seen * network.Transformer.ProjectionSize,
            4 * copies
        );
        yield return new Part("remembered steps", Hint, sequences * seen * network.CoreSize, 2 * copies);
        yield return new Part("hidden layers of the transformer", Hint, rows * network.Transformer.FeedForwardSize, 2 * copies);
    }

    private static IEnumerable<Part> Factors(ParameterLayout layout) =>
        Kfac.LayersOf(layout)
            .SelectMany(weight =>
                new[] { weight.Shape[0], weight.Size / weight.Shape[0] }.Select(side => new Part(
                    $"a Kronecker factor of {weight.Name}, {side} × {side}",
                    "Choose another optimizer than kfac, lower network.hidden_sizes, or give the environment smaller spaces",
                    (double)side * side,
                    3
                ))
            );

    private static void Require(long limit, IReadOnlyList<Part> parts)
    {
        Part largest = parts.MaxBy(part => part.Bytes);
        if (parts.FirstOrDefault(part => part.Floats > Array.MaxLength) is { What: not null } tooLong)
        {
            throw new SettingsException(
                $"The run needs {tooLong.What}, which are more than the {Array.MaxLength} numbers of an array. {tooLong.Hint}."
            );
        }
        double bytes = parts.Sum(part => part.Bytes);
        if (bytes > limit)
        {
            throw new SettingsException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The run needs at least {bytes / 1e6:#,0} MB of memory, of which {largest.Bytes / 1e6:#,0} MB for {largest.What}, and {limit / 1e6:#,0} MB are there. {largest.Hint}."
                )
            );
        }
    }

    /// <summary>Arrays of a run.</summary>
    /// <param name="What">What they hold, in words.</param>
    /// <param name="Hint">What makes them smaller.</param>
    /// <param name="Floats">Numbers in one of them.</param>
    /// <param name="Count">How many there are.</param>
    private readonly record struct Part(string What, string Hint, double Floats, int Count)
    {
        public double Bytes => Floats * Count * sizeof(float);
    }
}
