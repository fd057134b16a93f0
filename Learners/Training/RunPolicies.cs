using Agents.Networks;
using Agents.Policies;
using Environments.Randomness;
using Learners.Composition;
using Learners.Evaluation;

namespace Learners.Training;

/// <summary>The policies of a run: makes them of what was learned, evaluates them, and keeps the best one.</summary>
/// <param name="settings">The run.</param>
/// <param name="options">Whom to warn.</param>
/// <param name="folder">Where the best one lies.</param>
/// <param name="learner">Gives the parameters; not owned.</param>
/// <param name="source">Gives the statistics of observations; not owned.</param>
/// <param name="seed">Seed of the evaluations.</param>
internal sealed class RunPolicies(
    TrainingSettings settings,
    TrainingOptions options,
    RunFolder folder,
    ILearner learner,
    IUnrollSource source,
    SeedSequence seed
) : IDisposable
{
    private readonly RunEvaluation _evaluation = new(settings, options.Registry, options.Warn);
    private readonly NetworkSpec _network = source.Spec;

    /// <summary>Mean return of the best policy; null before the first evaluation.</summary>
    public double? BestReturn { get; private set; }

    /// <summary>The policy of the newest parameters. The caller owns it.</summary>
    /// <param name="steps">Environment steps that led to them.</param>
    /// <param name="evaluation">Its scores; null where there are none.</param>
    public SavedPolicy Create(long steps, EvaluationResult? evaluation)
    {
        var info = new PolicyInfo
        {
            Agent = settings.AgentName,
            Environment = settings.Environment,
            Acting = settings.Agent.Agent.Acting,
            FrameStack = settings.Wrappers.FrameStack,
            PreviousActionReward = settings.Wrappers.PreviousActionReward,
            FrameSkip = settings.Wrappers.FrameSkip,
            StickyActions = settings.Wrappers.StickyActions,
            NoopMax = settings.Wrappers.NoopMax,
            ObservationScale = settings.Wrappers.ObservationScale,
            ParameterVersion = learner.Updates,
            EnvironmentSteps = steps,
            Seed = settings.Seed,
            Episodes = evaluation?.Episodes ?? 0,
            MeanReturn = evaluation?.MeanReturn,
            StdReturn = evaluation?.StdReturn,
        };
        return new SavedPolicy(info, _network, learner.ExportParameters(), source.ObservationStatistics);
    }

    /// <summary>Evaluates the newest parameters; null when that was cancelled, since an evaluation cut short says nothing.</summary>
    /// <param name="steps">Environment steps that led to them.</param>
    /// <param name="episodes">Episodes to play; 0 for none, and then no scores either.</param>
    /// <param name="index">Which of the run's evaluations it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public EvaluationResult? TryEvaluate(long steps, int episodes, uint index, CancellationToken cancellationToken)
    {
        using SavedPolicy policy = Create(steps, null);
        try
        {
            return _evaluation.Play(policy, episodes, seed.Child(index).GenerateSeed(), cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>Saves the policy with its scores unless an earlier one was better.</summary>
    public void KeepIfBest(long steps, EvaluationResult evaluation)
    {
        if (BestReturn is { } best && evaluation.MeanReturn < best)
        {
            return;
        }
        BestReturn = evaluation.MeanReturn;
        using SavedPolicy policy = Create(steps, evaluation);
        policy.Save(folder.Best);
    }

    /// <summary>Continues a run.</summary>
    /// <param name="best">Mean return of the best policy at its checkpoint; not a number where there was none.</param>
    public void Continue(double best)
    {
        double? saved = double.IsNaN(best) ? null : best;
        double? found = ReturnOfBest();
        BestReturn = saved is null || found > saved ? found : saved;
    }

    /// <inheritdoc/>
    public void Dispose() => _evaluation.Dispose();

    // A run that was killed may have evaluated after its last checkpoint, which then knows nothing of the best policy that lies there.
    private double? ReturnOfBest()
    {
        if (!Directory.Exists(folder.Best))
        {
            return null;
        }
        try
        {
            using var best = SavedPolicy.Load(folder.Best);
            return best.Info.MeanReturn;
        }
        catch (Exception exception) when (exception is PolicyFormatException or IOException or UnauthorizedAccessException)
        {
            options.Warn?.Invoke($"The best policy so far cannot be read, and the next one takes its place: {exception.Message}");
            return null;
        }
    }
}
