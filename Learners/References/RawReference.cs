using Agents.Distributions;
using Environments.State;
using Learners.Stages;
using Protos;

namespace Learners.References;

/// <summary>A policy that reads observations as the task gives them, whatever the agent makes of them, and does not learn. Owns it.</summary>
/// <param name="step">What it says of raw observations.</param>
/// <param name="coreStateSize">Floats of its core state per row; 0 without memory.</param>
/// <param name="family">Family of its distributions.</param>
/// <param name="settings">How far it is smoothed.</param>
/// <param name="context">Where its settings stand, and what is read of it.</param>
/// <param name="owned">What is disposed with it; null for nothing.</param>
internal sealed class RawReference(
    StepFunction step,
    int coreStateSize,
    ActionDistribution family,
    ReferenceSettings settings,
    ReferenceContext context,
    IDisposable? owned = null
) : ReferencePolicy
{
    private readonly SequencePass _pass = new(step, coreStateSize, family.ParameterSize, context.WithNext, context.WithValues);
    private float[] _coreState = []; // [B, CoreStateSize], where the copies' next unroll goes on
    private float[] _finals = [];

    /// <summary>Floats of its core state per row; 0 without memory.</summary>
    public int CoreStateSize => coreStateSize;

    /// <inheritdoc/>
    public override float[] Distributions => _pass.Distributions;

    /// <inheritdoc/>
    public override float[] NextDistributions => _pass.NextDistributions;

    /// <inheritdoc/>
    public override float[] Values => _pass.Values;

    /// <inheritdoc/>
    public override float[] NextValues => _pass.NextValues;

    /// <summary>What it would do at one step of rows, for whoever lets it act.</summary>
    /// <param name="observations">Raw, <c>[B, ObservationSize]</c>.</param>
    /// <param name="episodeStarts"><c>[B]</c>.</param>
    /// <param name="coreState"><c>[B, CoreStateSize]</c>, updated in place.</param>
    /// <param name="distributions">Destination, <c>[B, P]</c>.</param>
    /// <param name="values">Destination, <c>[B]</c>.</param>
    public void Step(
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Span<float> distributions,
        Span<float> values
    )
    {
        step(1, observations, episodeStarts, coreState, distributions, values);
        Smooth(family, distributions, settings.UniformShare);
    }

    /// <inheritdoc/>
    public override void Evaluate(UnrollEvaluator unroll)
    {
        Unroll steps = unroll.Unroll;
        if (!steps.Header.HasRawObservations)
        {
            throw new InvalidDataException(
                $"{context.Key}: the unroll holds observations that its own run has scaled or normalised, as releases with protocol 1 recorded them, and another policy cannot read those. Record it anew."
            );
        }
        int size = steps.Shape.Observations.ObservationSize;
        int finals = steps.FinalRows.Count;
        if (_finals.Length < finals * size)
        {
            _finals = new float[finals * size];
        }
        for (int i = 0; i < finals; i++)
        {
            steps.ReadFinalObservation(i, _finals.AsSpan(i * size, size));
        }
        if (_coreState.Length != steps.Copies * coreStateSize)
        {
            _coreState = new float[steps.Copies * coreStateSize];
        }
        _pass.Run(steps, steps.Observations.Read(steps.EpisodeStarts), _finals, _coreState);
        Smooth(family, Distributions, settings.UniformShare);
        Smooth(family, NextDistributions, settings.UniformShare); // none where nobody reads them
    }

    /// <inheritdoc/>
    public override void SaveState(StateDictionary state) => state.Set<float>("core_state", _coreState);

    /// <inheritdoc/>
    public override void LoadState(StateDictionary state) => _coreState = state.GetArray<float>("core_state");

    /// <inheritdoc/>
    public override void Dispose()
    {
        owned?.Dispose();
        base.Dispose();
    }
}
