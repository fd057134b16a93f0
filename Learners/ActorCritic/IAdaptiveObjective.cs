using Environments.State;
using Learners.Batches;
using Learners.Metrics;

namespace Learners.ActorCritic;

/// <summary>An objective with a number of its own to learn, such as a temperature or a Lagrange multiplier.</summary>
internal interface IAdaptiveObjective
{
    /// <summary>Name of the objective, under which it is saved.</summary>
    string Name { get; }

    /// <summary>Names of the metrics that <see cref="End"/> adds.</summary>
    IReadOnlyList<string> Tags { get; }

    /// <summary>Called before each optimiser step.</summary>
    /// <param name="batch">The samples of the step; an objective may fill columns of its own.</param>
    void Begin(Batch batch);

    /// <summary>Called after the gradient of the step was computed.</summary>
    /// <param name="loss">The objective's loss, before its weight.</param>
    /// <param name="metrics">Receives what was learned.</param>
    void End(double loss, MetricAverages metrics);

    /// <summary>Saves what was learned.</summary>
    void SaveState(StateDictionary state);

    /// <summary>Continues from a saved state.</summary>
    void LoadState(StateDictionary state);
}
