using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Yaml;
using Learners.ActorCritic;
using Learners.Composition;
using Learners.Models;
using Learners.Optimizers;
using Learners.Similarity;

namespace Learners.Supervised;

/// <summary>Everything that a run of supervised learning depends on. Immutable; equal settings and seeds give equal parameters.</summary>
internal sealed record SupervisedSettings : IValidatableObject
{
    /// <summary>What is learned: its name, with its settings under that name.</summary>
    public SupervisedTask Task { get; init; } = SupervisedTasks.Find("gaussian_centres");

    /// <summary>Seed of data, first parameters and noise.</summary>
    /// <value>Default 1.</value>
    public ulong Seed { get; init; } = 1;

    /// <summary>Who computes gradients.</summary>
    /// <value>Default auto.</value>
    public EngineKind Engine { get; init; }

    /// <summary>Optimiser steps of the run.</summary>
    /// <value>1 to 10^15. Default 1,000.</value>
    [Range(1, 1_000_000_000_000_000)]
    public long Updates { get; init; } = 1_000;

    /// <summary>Sequences or streams of a batch, B.</summary>
    /// <value>1 to 65,536. Default 32.</value>
    [Range(1, 65_536)]
    public int BatchSize { get; init; } = 32;

    /// <summary>Step size of the optimiser.</summary>
    /// <value>0 to 1,000. Default 1e-3.</value>
    [Range(0f, 1_000f)]
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>How the step size changes over the run.</summary>
    /// <value>Default constant.</value>
    public ScheduleKind LearningRateSchedule { get; init; }

    /// <summary>
    /// Length to which the gradient of all parameters together is cut, where the loss is a mean over the steps that count; 0 leaves it.
    /// </summary>
    /// <value>0 to 10^9. Default 0.</value>
    [Range(0f, 1e9f)]
    public float MaxGradientNorm { get; init; }

    /// <summary>Running share of right answers at which the run ends: an exponential mean over about ten batches.</summary>
    /// <value>0 to 1. Null, the default, goes on to the last update.</value>
    [Range(0.0, 1.0)]
    public double? StopAtAccuracy { get; init; }

    /// <summary>Updates between two rows of metrics; 0 for a two-hundredth of the run.</summary>
    /// <value>At least 0. Default 0.</value>
    [Range(0, long.MaxValue)]
    public long LogEvery { get; init; }

    /// <summary>Optimiser of the parameters: its name, with its settings under that name.</summary>
    /// <value>Default Adam.</value>
    public OptimizerSettings Optimizer { get; init; } = new AdamSettings();

    /// <summary>What is put around the optimiser, the innermost first.</summary>
    /// <value>Default nothing.</value>
    public Parts<OptimizerWrapperSettings> OptimizerWrappers { get; init; } = [];

    /// <summary>Maps from what the optimiser moves to the parameters of the network, the first one applied first.</summary>
    /// <value>Default none: the optimiser moves the parameters themselves.</value>
    public Parts<ParameterMapSettings> ParameterMaps { get; init; } = [];

    /// <summary>How gradients of the task's auxiliary losses are let through by their cosine with that of its loss.</summary>
    /// <value>Default rule none: all gradients add up.</value>
    public GradientSimilaritySettings? GradientSimilarity { get; init; }

    internal GradientSimilaritySettings Similarity => GradientSimilarity ?? new();

    /// <summary>The network, without its head, which the task says.</summary>
    public NetworkSettings Network { get; init; } = new();

    /// <summary>When and how the network is judged.</summary>
    public SupervisedEvaluationSettings Evaluation { get; init; } = new();

    /// <summary>When training state is saved, in updates.</summary>
    public CheckpointSettings Checkpoints { get; init; } = new();

    /// <summary>What moves the parameters.</summary>
    internal ModelSettings ModelSettings =>
        new()
        {
            Optimizer = Optimizer,
            Wrappers = OptimizerWrappers,
            Maps = ParameterMaps,
            Similarity = Similarity,
            MaxGradientNorm = MaxGradientNorm,
        };

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Network.Heads.Length > 0)
        {
            yield return new ValidationResult(
                "the task says which head the network has. Leave network.heads out.",
                [nameof(Network) + "." + nameof(NetworkSettings.Heads)]
            );
        }
        if (Optimizer.NeedsCurvature)
        {
            yield return new ValidationResult(
                $"{Optimizer.Name} draws from the distributions of a policy, and a task has none. Choose another optimiser.",
                [nameof(Optimizer)]
            );
        }
        if (
            Similarity.Mistake(Task.HasAuxiliary, "Choose a task that has one with these settings, as biased_quadratic") is
            { } mistake
        )
        {
            yield return mistake;
        }
        if (Evaluation.GradientLag > 0 && Network.Core == MemoryCores.Identity)
        {
            yield return new ValidationResult(
                "a network without memory has no gradient through time. Set evaluation.gradient_lag=0, or choose a core.",
                [nameof(Evaluation) + "." + nameof(SupervisedEvaluationSettings.GradientLag)]
            );
        }
    }
}
