using Agents.Distributions;
using Environments.State;
using Learners.Composition;
using Learners.Metrics;
using Learners.Stages;

namespace Learners.References;

/// <summary>A policy beside the agent's, and what it says of an unroll that the agent recorded. Owned by the stage that asks it.</summary>
internal abstract class ReferencePolicy : IDisposable, ISavable
{
    /// <summary>Parameters of its distributions, <c>[T + 1, B, P]</c>, of the latest unroll.</summary>
    public abstract float[] Distributions { get; }

    /// <summary>The same of what each action led to, <c>[T, B, P]</c>; of no meaning where the task ended.</summary>
    public abstract float[] NextDistributions { get; }

    /// <summary>What it says observations are worth, <c>[T + 1, B]</c>.</summary>
    /// <exception cref="InvalidOperationException">It has no opinion.</exception>
    public virtual float[] Values => throw HasNoValues;

    /// <summary>The same of what each action led to, <c>[T, B]</c>.</summary>
    /// <exception cref="InvalidOperationException">It has no opinion.</exception>
    public virtual float[] NextValues => throw HasNoValues;

    /// <summary>Names of the metrics that it adds.</summary>
    public virtual IReadOnlyList<string> Tags => [];

    /// <summary>Looks at an unroll.</summary>
    /// <param name="unroll">What was recorded, and what the agent said of it.</param>
    public abstract void Evaluate(UnrollEvaluator unroll);

    /// <summary>Learns from what the agent said of the unroll.</summary>
    /// <param name="unroll">The unroll that it was asked about last.</param>
    /// <param name="progress">Share of the run's steps done, 0 to 1.</param>
    /// <param name="metrics">Receives what of <see cref="Tags"/> there is to tell.</param>
    public virtual void Learn(UnrollEvaluator unroll, double progress, MetricAverages metrics) { }

    /// <summary>What it is now, to be saved with the run; null for one that does not change.</summary>
    public virtual PolicyBeside? Export() => null;

    /// <inheritdoc/>
    public virtual void SaveState(StateDictionary state) { }

    /// <inheritdoc/>
    public virtual void LoadState(StateDictionary state) { }

    /// <inheritdoc/>
    public virtual void Dispose() { }

    /// <summary>Mixes rows with uniform actions; see <see cref="ReferenceSettings.UniformShare"/>.</summary>
    /// <param name="family">The family.</param>
    /// <param name="rows"><c>[N, P]</c>, changed in place.</param>
    /// <param name="share">Share of uniform actions.</param>
    protected static void Smooth(ActionDistribution family, Span<float> rows, float share)
    {
        int size = family.ParameterSize;
        for (int first = 0; share > 0 && first < rows.Length; first += size)
        {
            family.MixWithUniform(rows.Slice(first, size), share);
        }
    }

    private static InvalidOperationException HasNoValues =>
        new("This reference policy does not say what observations are worth.");
}
