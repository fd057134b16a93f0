using Agents.Networks;
using Agents.Programs;
using Learners.Batches;
using Learners.Objectives;
using Learners.Optimizers.Kfac;

namespace Learners.Engines;

/// <summary>Computes the gradient of a sum of objectives for a network, into a flat buffer.</summary>
internal interface IGradientEngine : IDisposable
{
    /// <summary>The network over the same parameters, for values and log-probs.</summary>
    IActorCriticNetwork Network { get; }

    /// <summary>All parameters; call <see cref="ParametersChanged"/> after writing.</summary>
    Span<float> Parameters { get; }

    /// <summary>Gradient of the latest minibatch, of all objectives together.</summary>
    Span<float> Gradient { get; }

    /// <summary>Gradient of the latest minibatch, of the objectives of one group.</summary>
    /// <param name="group">Its number, from 0.</param>
    Span<float> GradientOf(int group);

    /// <summary>Whether the losses of a group depend on a parameter, by what they are made of: its gradient may still be 0.</summary>
    /// <param name="group">Its number, from 0.</param>
    /// <param name="slot">The parameter.</param>
    bool Reaches(int group, ParameterSlot slot);

    /// <summary>Takes over numbers that were changed in <see cref="Parameters"/>.</summary>
    void ParametersChanged();

    /// <summary>Says which losses <see cref="Backward"/> adds up. To be called once, before it.</summary>
    /// <param name="objectives">The losses.</param>
    /// <param name="groups">
    /// The group of each objective, from 0 and without gaps, to have a gradient of each group, too, which is 0 where its objectives have weight 0; null for
    /// one gradient.
    /// </param>
    void Use(IReadOnlyList<Objective> objectives, IReadOnlyList<int>? groups = null);

    /// <summary>Whether core states after the last step are asked for by <see cref="TryGetCoreState"/>. To be set before the first minibatch.</summary>
    /// <value>Default false.</value>
    bool CarriesState { get; set; }

    /// <summary>Core state after the last step of the latest minibatch, for a segment that goes on where this one ended.</summary>
    /// <param name="coreState">Destination, <c>[B, CoreStateSize]</c>.</param>
    /// <returns>False for a core whose form for gradients gives no last state: step through the minibatch by <see cref="Network"/> instead.</returns>
    bool TryGetCoreState(Span<float> coreState);

    /// <summary>Says where the parameters of another model lie, which objectives look at by <see cref="NetworkEvaluation.Of"/>.</summary>
    /// <param name="model">Its name.</param>
    /// <param name="parameters">Flat; the caller may change them between updates.</param>
    void BindModel(string model, float[] parameters);

    /// <summary>Computes losses, log-probs and the gradient of Σ weight × loss.</summary>
    /// <param name="batch">Samples, with features, actions and every column that an objective reads.</param>
    /// <param name="progress">Share of the run's steps done, for schedules.</param>
    /// <param name="losses">Destination: each objective's loss, before its weight.</param>
    /// <param name="logProbs">Destination, <c>[N]</c>: log-probs of the actions under the current parameters; left as it is where the network has no policy.</param>
    /// <param name="kfac">Gathers statistics of the same samples; null for none.</param>
    /// <param name="draw">Number of the update, for noise such as dropout: the same number draws the same.</param>
    void Backward(Batch batch, double progress, Span<double> losses, Span<float> logProbs, Kfac? kfac = null, ulong draw = 0);
}
