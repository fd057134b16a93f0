namespace Environments.Tabular;

/// <summary>The exact dynamics of an environment with finitely many states and actions; time limits are no part of them.</summary>
/// <remarks>S states, A actions. With it <see cref="TabularPlanner"/> computes exact values, without a sample.</remarks>
public interface ITabularModel
{
    /// <summary>S, at least 1. States are the integers below it; some may be unreachable.</summary>
    int StateCount { get; }

    /// <summary>A, at least 1.</summary>
    int ActionCount { get; }

    /// <summary>Probability that an episode starts in each state, <c>[S]</c>.</summary>
    ReadOnlySpan<double> StartProbabilities { get; }

    /// <summary>All that may follow an action, in the order in which the environment's draw walks through it.</summary>
    ReadOnlySpan<Transition> Transitions(int state, int action);

    /// <summary>The state behind an observation of the environment.</summary>
    /// <param name="observation">One row of the environment's observation space.</param>
    int StateOf(ReadOnlySpan<float> observation);
}
