using Agents.Policies.Acting;
using Environments.Wrappers;

namespace Agents.Policies;

/// <summary>Where a saved policy comes from, and the task that it acts on.</summary>
public record PolicyInfo : TaskSettings
{
    /// <summary>A policy of a task with the defaults of every setting.</summary>
    public PolicyInfo() { }

    /// <summary>A policy of a task.</summary>
    /// <param name="task">How the environment is shown and acted on.</param>
    public PolicyInfo(TaskSettings task)
        : base(task) { }

    /// <summary>The same origin, with the task as another policy is shown it.</summary>
    internal PolicyInfo On(TaskSettings task) =>
        new(task)
        {
            Agent = Agent,
            Environment = Environment,
            Acting = Acting,
            ParameterVersion = ParameterVersion,
            EnvironmentSteps = EnvironmentSteps,
            Seed = Seed,
        };

    /// <summary>This description alone, without what a file holds beside it.</summary>
    internal PolicyInfo Alone() => new(this);

    /// <summary>Agent that trained it, such as <c>ppo</c>.</summary>
    public required string Agent { get; init; }

    /// <summary>Environment it was trained on.</summary>
    public required string Environment { get; init; }

    /// <summary>How it acted in training and acts unless told otherwise: a name of <see cref="ActingPolicies"/>.</summary>
    /// <value>Default <c>sample</c>.</value>
    public string Acting { get; init; } = ActingPolicies.Sample.Name;

    /// <summary>Updates that led to its parameters.</summary>
    public long ParameterVersion { get; init; }

    /// <summary>Environment steps it was trained for.</summary>
    public long EnvironmentSteps { get; init; }

    /// <summary>Seed of the run.</summary>
    public ulong Seed { get; init; }

    /// <summary>Episodes of the evaluation behind the scores; 0 when there was none.</summary>
    public int Episodes { get; init; }

    /// <summary>Mean return of that evaluation.</summary>
    public double? MeanReturn { get; init; }

    /// <summary>Standard deviation of its returns.</summary>
    public double? StdReturn { get; init; }
}
