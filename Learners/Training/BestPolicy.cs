using Agents.Policies;
using Learners.Evaluation;
using Learners.Runs;

namespace Learners.Training;

/// <summary>Keeps the policy of a run with the best evaluation.</summary>
/// <param name="session">Gives policies.</param>
/// <param name="folder">Where the best one lies; null for nowhere.</param>
/// <param name="warn">Receives a line where the one that lies there cannot be read; null for nobody.</param>
internal sealed class BestPolicy(TrainingSession session, RunFolder? folder, Action<string>? warn)
{
    /// <summary>Name of the mean return in checkpoints.</summary>
    public const string StateName = "best_return";

    /// <summary>Its mean return; null before the first evaluation.</summary>
    public double? Return { get; private set; }

    /// <summary>Saves the newest policy with its scores unless an earlier one was better.</summary>
    /// <returns>Whether none was better.</returns>
    public bool KeepIfBest(EvaluationResult evaluation)
    {
        if (Return is { } best && evaluation.MeanReturn < best)
        {
            return false;
        }
        Return = evaluation.MeanReturn;
        if (folder is not null)
        {
            using SavedPolicy policy = session.ToPolicy(evaluation);
            // Whoever scored is kept, not who acts with others in training.
            using SavedPolicy? last = session.EvaluatesLastStage ? policy.LastOfMixture() : null;
            (last ?? policy).Save(folder.Best);
        }
        return true;
    }

    /// <summary>Continues a run.</summary>
    /// <param name="best">Mean return of the best policy at its checkpoint; not a number where there was none.</param>
    public void Continue(double best)
    {
        double? saved = double.IsNaN(best) ? null : best;
        double? found = ReturnOfBest();
        Return = saved is null || found > saved ? found : saved;
    }

    // A run that was killed may have evaluated after its last checkpoint, which then knows nothing of the best policy that lies there.
    private double? ReturnOfBest()
    {
        if (folder is null || !Directory.Exists(folder.Best))
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
            warn?.Invoke($"The best policy so far cannot be read, and the next one takes its place: {exception.Message}");
            return null;
        }
    }
}
