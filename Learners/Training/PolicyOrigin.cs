using Agents.Policies;
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
}
