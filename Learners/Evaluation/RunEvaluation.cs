using Actors;
using Agents.Policies;
using Environments;
using Learners.Composition;

namespace Learners.Evaluation;

/// <summary>The evaluations of one run, all in the same copies of its environment. Owns them.</summary>
/// <param name="settings">The run.</param>
/// <param name="registry">Where the environment is looked up.</param>
/// <param name="warn">Receives one line when what steps copies was lost and is replaced; null for nobody.</param>
internal sealed class RunEvaluation(TrainingSettings settings, EnvironmentRegistry registry, Action<string>? warn) : IDisposable
{
    private EnvironmentPipeline? _pipeline; // made by the first evaluation: many runs have none

    /// <summary>Plays whole episodes; the same seed and policy give the same result, whatever was played before.</summary>
    /// <param name="policy">The policy, always of the same run.</param>
    /// <param name="episodes">Episodes, at least 1.</param>
    /// <param name="seed">Seed of environments and sampling.</param>
    /// <param name="cancellationToken">Stops early with <see cref="OperationCanceledException"/>.</param>
    public EvaluationResult Play(SavedPolicy policy, int episodes, ulong seed, CancellationToken cancellationToken)
    {
        EvaluationSettings evaluation = settings.Evaluation;
        _pipeline ??= Evaluator.CreatePipeline(
            policy,
            settings.Environment,
            Math.Min(evaluation.Copies, evaluation.Episodes > 0 ? evaluation.Episodes : evaluation.FinalEpisodes),
            evaluation.MaxEpisodeSteps,
            registry,
            warn
        );
        using SavedPolicy? last =
            settings.Agent.EvaluatesLastStage && policy.Network.Mixture is not null ? policy.LastOfMixture() : null;
        return Evaluator.Play(_pipeline, last ?? policy, episodes, seed, evaluation.Deterministic, cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _pipeline?.Dispose();
}
