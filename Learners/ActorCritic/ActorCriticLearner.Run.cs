using Agents.Networks;
using Agents.Policies;
using Environments.Randomness;
using Environments.State;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Engines;
using Learners.Metrics;
using Learners.Models;
using Learners.Objectives;
using Learners.Stages;
using Protos;

namespace Learners.ActorCritic;

// What a run asks of a learner: where it begins, what moves it on, its state.
internal sealed partial class ActorCriticLearner
{
    /// <summary>A learner at the parameters that the run begins with.</summary>
    /// <param name="context">The run.</param>
    /// <param name="settings">Discounts, weights, step size.</param>
    /// <param name="schedule">Epochs and minibatches.</param>
    /// <param name="objectives">Losses to add up.</param>
    public static ActorCriticLearner Create(
        LearnerContext context,
        ActorCriticSettings settings,
        UpdateSchedule schedule,
        Objective[] objectives
    )
    {
        var shuffling = new Pcg64(context.Seed.Child(1));
        var beside = settings
            .Auxiliary.Select(
                (auxiliary, i) => auxiliary.Create(new AuxiliaryContext(context, context.Seed.Child(3).Child((uint)i)))
            )
            .ToArray();
        IGradientEngine engine = GradientEngines.Create(context.Settings.Engine, context.Network, context.InitialParameters());
        return new ActorCriticLearner(
            engine,
            settings,
            schedule,
            objectives,
            shuffling,
            context.Experience,
            [.. beside.SelectMany(parts => parts.Stages)],
            new Pcg64(context.Seed.Child(2)).NextUInt64(),
            context.Start?.KnowsValues ?? false,
            [.. beside.SelectMany(parts => parts.Objectives)],
            [.. beside.SelectMany(parts => parts.Given)]
        );
    }

    /// <inheritdoc/>
    public async ValueTask<bool> AdvanceAsync(MetricAverages metrics, CancellationToken stop)
    {
        Unroll? unroll = await _experience.NextAsync(stop).ConfigureAwait(false);
        if (unroll is null)
        {
            return false;
        }
        Update(unroll, _experience.Progress, metrics, _experience.ProgressAfterwards);
        return true;
    }

    /// <inheritdoc/>
    public float[] ExportParameters() => _model.Parameters(ParameterRole.Evaluated).ToArray();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, PolicyBeside> PoliciesBeside
    {
        get
        {
            var policies = new Dictionary<string, PolicyBeside>();
            if (_model.Spec.Mixture is not null)
            {
                (NetworkSpec network, float[] parameters) = LastStage.Of(_model.Spec, ExportParameters());
                policies.Add(LastStage.FolderName, new PolicyBeside(network, parameters));
            }
            foreach (IBatchStage stage in _stages)
            {
                if (stage.Export() is { } policy)
                {
                    policies.Add(stage.Name, policy);
                }
            }
            return policies;
        }
    }

    /// <inheritdoc/>
    /// <remarks>The agent's own model stands at the top, where it stood before there could be others.</remarks>
    public void SaveState(StateDictionary state)
    {
        _model.SaveState(state);
        state.Set("random", _random);
        foreach (IAdaptiveObjective objective in _adaptive)
        {
            objective.SaveState(state.Scope(objective.Name));
        }
        foreach (IBatchStage stage in _stages)
        {
            stage.SaveState(state.Scope("stages").Scope(stage.Name));
        }
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        _model.LoadState(state);
        _random = state.Get<Pcg64>("random");
        foreach (IAdaptiveObjective objective in _adaptive)
        {
            objective.LoadState(state.Scope(objective.Name));
        }
        foreach (IBatchStage stage in _stages)
        {
            stage.LoadState(state.Scope("stages").Scope(stage.Name));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IBatchStage stage in _stages)
        {
            stage.Dispose();
        }
        _model.Dispose();
    }
}
