using Actors;
using Agents.Policies;
using Agents.Policies.Acting;
using Environments;
using Environments.Atari;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;

namespace Learners.Evaluation;

/// <summary>Measures saved policies.</summary>
public static class Evaluator
{
    /// <summary>Steps after which an episode is cut off where the environment has no limit of its own, unless said otherwise.</summary>
    public const int DefaultMaxEpisodeSteps = 10_000;

    /// <summary>Copies of the environment, at most, unless said otherwise.</summary>
    internal const int DefaultCopies = 32;

    /// <summary>Runs whole episodes and reports their returns.</summary>
    /// <remarks>Each copy plays a fixed number of episodes, so that short ones are not counted more often than long ones.</remarks>
    /// <param name="policy">The policy; it normalises observations itself.</param>
    /// <param name="environmentId">Environment to play; null for that of <see cref="EnvironmentOf"/>.</param>
    /// <param name="episodes">Episodes, at least 1.</param>
    /// <param name="seed">Seed of environments and sampling.</param>
    /// <param name="deterministic">Whether the most probable action is taken instead of acting as in training.</param>
    /// <param name="maxEpisodeSteps">Steps after which an episode is cut off, where the environment has no limit of its own.</param>
    /// <param name="registry">Where the environment is looked up; null for the default.</param>
    /// <param name="warn">Receives one line when what steps copies was lost and is replaced; null for nobody.</param>
    /// <param name="skill">The skill of every episode, of a policy that has some; null for one drawn anew each time.</param>
    /// <param name="cancellationToken">Stops early with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The environment is unknown, its spaces are not the policy's, or the policy has no such skill.</exception>
    /// <exception cref="EnvironmentNotAllowedException">
    /// The policy's own environment is wanted, which needs a Python module or a server that the registry does not allow; see
    /// <see cref="EnvironmentRegistry.With"/>, or name the environment.
    /// </exception>
    public static EvaluationResult Evaluate(
        SavedPolicy policy,
        string? environmentId = null,
        int episodes = 100,
        ulong seed = 0,
        bool deterministic = false,
        int maxEpisodeSteps = DefaultMaxEpisodeSteps,
        EnvironmentRegistry? registry = null,
        Action<string>? warn = null,
        int? skill = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(policy);
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes, 1);
        int copies = Math.Min(episodes, DefaultCopies);
        using EnvironmentPipeline pipeline = CreatePipeline(
            policy,
            environmentId,
            copies,
            maxEpisodeSteps,
            registry,
            warn,
            skill
        );
        return Play(pipeline, policy, episodes, seed, deterministic, cancellationToken);
    }

    /// <summary>Plays whole episodes in environments that were made before, after a reset.</summary>
    internal static EvaluationResult Play(
        EnvironmentPipeline pipeline,
        SavedPolicy policy,
        int episodes,
        ulong seed,
        bool deterministic,
        CancellationToken cancellationToken
    )
    {
        IBatchedEnvironment environment = pipeline.Environment;
        int copies = environment.Count;
        using CancellationTokenRegistration interruption = cancellationToken.Register(environment.Interrupt);
        PolicySession session = Start(pipeline, policy, seed, deterministic);
        var returns = new List<double>(episodes);
        var lengths = new List<int>(episodes);
        var played = new int[copies];
        while (returns.Count < episodes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            environment.Step(session.Act(environment.Observations));
            foreach (EpisodeResult episode in pipeline.Episodes.Completed)
            {
                int quota = episodes / copies + (episode.Copy < episodes % copies ? 1 : 0);
                if (played[episode.Copy]++ < quota)
                {
                    returns.Add(episode.Return);
                    lengths.Add(episode.Length);
                }
            }
            session.StartEpisodes(environment.Terminated, environment.Truncated);
        }
        return Summarize(returns, lengths);
    }

    /// <summary>The environment that a policy is measured in unless said otherwise: the one it was trained on, with whole games of Atari where training ended episodes with a life.</summary>
    public static string EnvironmentOf(SavedPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return AtariGames.WithWholeGames(policy.Info.Environment);
    }

    /// <summary>The environment a policy is measured and filmed in.</summary>
    /// <exception cref="ArgumentException">The environment is unknown, or its spaces are not the policy's.</exception>
    internal static EnvironmentPipeline CreatePipeline(
        SavedPolicy policy,
        string? environmentId,
        int copies,
        int maxEpisodeSteps,
        EnvironmentRegistry? registry,
        Action<string>? warn = null,
        int? skill = null
    )
    {
        registry ??= EnvironmentRegistry.Default;
        if (environmentId is null)
        {
            registry = registry.ForForeignIds; // a policy may be a stranger's
            environmentId = EnvironmentOf(policy);
        }
        IBatchedEnvironment batch = registry.Make(environmentId, copies, maxEpisodeSteps);
        try
        {
            batch.Warn = warn;
            EnvironmentPipeline pipeline = EnvironmentPipeline.ForEvaluation(batch, policy.Info, skill);
            RequireSameSpaces(policy, pipeline.PolicySpec, environmentId);
            return pipeline;
        }
        catch
        {
            batch.Dispose();
            throw;
        }
    }

    /// <summary>Resets the environment and gives the session that plays it; the same seed plays the same episodes.</summary>
    internal static PolicySession Start(EnvironmentPipeline pipeline, SavedPolicy policy, ulong seed, bool deterministic)
    {
        var seeds = new SeedSequence(seed);
        pipeline.Environment.Reset(seeds.Child(0).GenerateSeed());
        IActingPolicy acting = deterministic ? ActingPolicies.Greedy : policy.Acting;
        return new PolicySession(policy, pipeline.Environment.Count, new Pcg64(seeds.Child(1)), acting, values: false);
    }

    private static EvaluationResult Summarize(List<double> returns, List<int> lengths)
    {
        double sum = 0;
        (double lowest, double highest) = (returns[0], returns[0]);
        foreach (double value in returns)
        {
            sum += value;
            lowest = Math.Min(lowest, value);
            highest = Math.Max(highest, value);
        }
        double mean = sum / returns.Count;
        double squares = 0;
        foreach (double value in returns)
        {
            squares += (value - mean) * (value - mean);
        }
        long steps = 0;
        foreach (int length in lengths)
        {
            steps += length;
        }
        return new EvaluationResult
        {
            Episodes = returns.Count,
            MeanReturn = mean,
            StdReturn = returns.Count > 1 ? Math.Sqrt(squares / (returns.Count - 1)) : 0,
            MinReturn = lowest,
            MaxReturn = highest,
            MeanLength = (double)steps / lengths.Count,
        };
    }

    private static void RequireSameSpaces(SavedPolicy policy, EnvironmentSpec spec, string id)
    {
        if (AsFloats(policy.ObservationSpace) != AsFloats(spec.ObservationSpace) || policy.ActionSpace != spec.ActionSpace)
        {
            throw new ArgumentException(
                $"The policy was trained on {policy.Info.Environment}: {policy.ObservationSpace} → {policy.ActionSpace}. "
                    + $"{id} has {spec.ObservationSpace} → {spec.ActionSpace}. Evaluate it on {policy.Info.Environment}."
            );
        }
    }

    // A policy that scales or normalises bytes sees other numbers, and says so in its space; what it is given are the same rows.
    private static Space AsFloats(Space space) => space is Box box ? box with { ElementType = ElementType.Float32 } : space;
}
