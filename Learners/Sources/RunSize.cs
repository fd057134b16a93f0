using System.Globalization;
using Agents.Distributions;
using Agents.Networks;
using Agents.Yaml;
using Environments;
using Learners.Composition;

namespace Learners.Sources;

/// <summary>What a run needs at least of the machine's memory, told before anything is allocated.</summary>
/// <remarks>
/// Settings and spaces that are possible each by itself multiply to arrays that are too long for .NET, or to more than the machine has, where a
/// process is ended without a word. Counts what is surely allocated, so that nothing is refused that would have fitted.
/// </remarks>
internal static class RunSize
{
    private const int EvaluationCopies = 32;

    /// <summary>Checks the copies of an environment before they are made, and before anything is made of its actions.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="spec">The environment.</param>
    /// <param name="limit">Bytes that the run may need.</param>
    /// <exception cref="SettingsException">They need more, or there is no policy over the actions.</exception>
    public static void RequireEnvironments(TrainingSettings settings, EnvironmentSpec spec, long limit)
    {
        long copies = Math.Max(settings.Agent.Copies, Math.Min(settings.Evaluation.FinalEpisodes, EvaluationCopies));
        double floats = (double)copies * settings.Wrappers.FrameStack * spec.ObservationSpace.Size;
        Require(
            limit,
            [
                new($"{copies} observations of {spec.ObservationSpace}", "Lower copies or wrappers.frame_stack", floats, 2),
                new($"{copies} actions of {spec.ActionSpace}", "Lower copies", (double)copies * spec.ActionSpace.Size, 2),
            ]
        );
        RequirePolicy(spec);
    }

    /// <summary>Checks a network and the batches that it learns from.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="spec">Its network.</param>
    /// <param name="limit">Bytes that the run may need.</param>
    /// <exception cref="SettingsException">They need more.</exception>
    public static void Require(TrainingSettings settings, NetworkSpec spec, long limit)
    {
        var layout = new ParameterLayout(spec);
        AgentSettings agent = settings.Agent;
        double rows = (double)(agent.UnrollLength + 1) * agent.Copies;
        Require(
            limit,
            [
                new(
                    $"a network of {layout.Count} parameters",
                    "Lower network.hidden_sizes or network.core_size, or give the environment smaller spaces",
                    layout.Count,
                    agent.ParameterCopies
                ),
                new(
                    $"observations of {agent.UnrollLength} steps × {agent.Copies} copies",
                    "Lower unroll_length or copies",
                    rows * spec.ObservationSize,
                    settings.Wrappers is { ObservationScale: 1, NormalizeObservations: false } ? 1 : 2 // as they are, and as inputs
                ),
                new(
                    $"core states of {agent.Copies} copies",
                    "Lower network.core_size, network.transformer or copies",
                    (double)agent.Copies * spec.CoreStateSize,
                    2
                ),
                .. agent.MemoryOf(spec, layout),
            ]
        );
    }

    private static void RequirePolicy(EnvironmentSpec spec)
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

    private static void Require(long limit, IReadOnlyList<MemoryPart> parts)
    {
        MemoryPart largest = parts[0];
        double bytes = 0;
        foreach (MemoryPart part in parts)
        {
            if (part.Floats > Array.MaxLength)
            {
                throw new SettingsException(
                    $"The run needs {part.What}, which are more than the {Array.MaxLength} numbers of an array. {part.Hint}."
                );
            }
            largest = part.Bytes > largest.Bytes ? part : largest;
            bytes += part.Bytes;
        }
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
}
