using Agents.Policies;
using Environments.Wrappers;
using Learners.Composition;
using Learners.Evaluation;

namespace Learners.Training;

/// <summary>What a run writes into the policies that it saves: where they come from, what they act on, how well they did.</summary>
internal static class PolicyOrigin
{
    /// <summary>The description of a policy.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="version">Version of the parameters.</param>
    /// <param name="steps">Environment steps that led to them.</param>
    /// <param name="evaluation">Scores; null where there are none.</param>
    public static PolicyInfo Of(TrainingSettings settings, long version, long steps, EvaluationResult? evaluation) =>
        new(settings.Wrappers.Task)
        {
            Agent = settings.AgentName,
            Environment = settings.Environment,
            Acting = settings.Agent.Agent.Acting,
            ParameterVersion = version,
            EnvironmentSteps = steps,
            Seed = settings.Seed,
            Episodes = evaluation?.Episodes ?? 0,
            MeanReturn = evaluation?.MeanReturn,
            StdReturn = evaluation?.StdReturn,
        };

    /// <summary>Policies that a learner has beside the agent's, by the names of their folders. The caller owns them.</summary>
    /// <param name="learner">The learner.</param>
    /// <param name="settings">The run.</param>
    /// <param name="version">Version of the parameters.</param>
    /// <param name="steps">Environment steps that led to them.</param>
    /// <param name="statistics">Those by which the agent's observations are normalised; null where they are not.</param>
    public static IReadOnlyDictionary<string, SavedPolicy> OfBeside(
        ILearner learner,
        TrainingSettings settings,
        long version,
        long steps,
        RunningStatistics? statistics
    )
    {
        var policies = new Dictionary<string, SavedPolicy>();
        foreach ((string name, PolicyBeside beside) in learner.PoliciesBeside)
        {
            PolicyInfo info = Of(settings, version, steps, evaluation: null);
            policies.Add(
                name,
                new SavedPolicy(
                    beside.Task is { } task ? info.On(task) : info,
                    beside.Network,
                    beside.Parameters,
                    beside.Task is null ? statistics : beside.Statistics
                )
            );
        }
        return policies;
    }
}
