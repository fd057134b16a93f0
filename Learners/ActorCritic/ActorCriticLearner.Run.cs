using Environments.Randomness;
using Environments.State;
using Learners.Composition;
using Learners.Engines;
using Learners.Metrics;
using Learners.Objectives;
using Protos;

namespace Learners.ActorCritic;

// What a run asks of a learner: where it begins, what moves it on, its state.
internal sealed partial class ActorCriticLearner
{
    /// <summary>A learner with fresh parameters.</summary>
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
        IGradientEngine engine = GradientEngines.Create(context.Settings.Engine, context.Network, context.InitialParameters());
        return new ActorCriticLearner(engine, settings, schedule, objectives, shuffling, context.Experience)
        {
            FirstDraw = new Pcg64(context.Seed.Child(2)).NextUInt64(),
        };
    }

    /// <inheritdoc/>
    public async ValueTask<bool> AdvanceAsync(MetricAverages metrics, CancellationToken stop)
    {
        Unroll? unroll = await _experience.NextAsync(stop).ConfigureAwait(false);
        if (unroll is null)
        {
            return false;
        }
        Update(unroll, _experience.Progress, metrics);
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>The newest ones; the value head gives values in the task's units.</remarks>
    public float[] ExportParameters()
    {
        float[] parameters = _engine.Parameters.ToArray();
        _popArt?.Export(ValueHead(".weight", parameters), ValueHead(".bias", parameters));
        return parameters;
    }

    /// <inheritdoc/>
    /// <remarks>Parameters, optimiser, counter and the shuffling stream.</remarks>
    public void SaveState(StateDictionary state)
    {
        state.Set<float>("parameters", _engine.Parameters);
        state.Set("updates", Updates);
        state.Set("random", _random);
        _optimizer.SaveState(state.Scope("optimizer"));
        _target?.SaveState(state.Scope("target"));
        _popArt?.SaveState(state.Scope("pop_art"));
        foreach (IAdaptiveObjective objective in _adaptive)
        {
            objective.SaveState(state.Scope(objective.Name));
        }
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        state.ReadFinite("parameters", _engine.Parameters);
        _engine.ParametersChanged();
        Updates = state.Get("updates", 0L, long.MaxValue / 2);
        _random = state.Get<Pcg64>("random");
        _optimizer.LoadState(state.Scope("optimizer"));
        _target?.LoadState(state.Scope("target"));
        _popArt?.LoadState(state.Scope("pop_art"));
        foreach (IAdaptiveObjective objective in _adaptive)
        {
            objective.LoadState(state.Scope(objective.Name));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _target?.Dispose();
        _engine.Dispose();
    }
}
