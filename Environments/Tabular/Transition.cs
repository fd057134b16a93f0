namespace Environments.Tabular;

/// <summary>One thing that may happen when an action is taken in a state.</summary>
/// <param name="Probability">In [0, 1]; those of one state and action add up to 1.</param>
/// <param name="NextState">In [0, <see cref="ITabularModel.StateCount"/>).</param>
/// <param name="Reward">Reward of the step.</param>
/// <param name="Terminated">The episode ends here: the next state's value does not count.</param>
public readonly record struct Transition(double Probability, int NextState, double Reward, bool Terminated = false);
