namespace Learners.ActorCritic;

/// <summary>
/// How a setting such as the learning rate changes over a run. Derive one with a public constructor without parameters; <c>--assembly</c> finds it, and a program
/// registers it by <c>OwnParts.Register</c>. Stateless.
/// </summary>
public abstract class Schedule
{
    /// <summary>Name in settings, such as <c>learning_rate_schedule: cosine</c>.</summary>
    /// <value>A lower-case letter, then lower-case letters, digits and underscores.</value>
    public abstract string Name { get; }

    /// <summary>Half a sentence for people who choose one.</summary>
    public abstract string Description { get; }

    /// <summary>Factor of the setting's initial value.</summary>
    /// <param name="progress">Share of the run's steps done, 0 at its start to 1 at its end.</param>
    /// <returns>A finite number, 1 for the value as it is set.</returns>
    public abstract double At(double progress);
}
