using System.Diagnostics;
using Actors;
using Agents.Distributions;
using Agents.Policies;
using Environments;
using Learners.Auxiliary;

namespace Learners.Evaluation;

/// <summary>Measures a student beside its teacher: scores, agreement where the student goes, size and speed.</summary>
public static class StudentRecorder
{
    private const int Block = 256;
    private const int TimedSteps = 2_000; // at most, one copy

    /// <summary>Plays episodes with both.</summary>
    /// <param name="teacher">The teacher.</param>
    /// <param name="student">The student; of the same observations and actions.</param>
    /// <param name="episodes">Episodes of each, at least 1.</param>
    /// <param name="seed">Seed of environments and sampling, the same for both.</param>
    /// <param name="environment">Environment to play; null for that of <see cref="Evaluator.EnvironmentOf"/> the student.</param>
    /// <param name="registry">Where the environment is looked up; null for the default.</param>
    /// <param name="cancellationToken">Stops early with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="ArgumentException">The environment is unknown, or its spaces are not those of both policies.</exception>
    public static StudentReport Record(
        SavedPolicy teacher,
        SavedPolicy student,
        int episodes = 100,
        ulong seed = 0,
        string? environment = null,
        EnvironmentRegistry? registry = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(teacher);
        ArgumentNullException.ThrowIfNull(student);
        ArgumentOutOfRangeException.ThrowIfLessThan(episodes, 1);
        registry ??= EnvironmentRegistry.Default;
        registry = environment is null ? registry.ForForeignIds : registry; // a policy may be a stranger's
        string id = environment ?? Evaluator.EnvironmentOf(student);
        EvaluationResult Score(SavedPolicy policy) =>
            Evaluator.Evaluate(policy, id, episodes, seed, registry: registry, cancellationToken: cancellationToken);
        EvaluationResult teachers = Score(teacher);
        EvaluationResult students = Score(student);
        (int steps, double divergence, double? agreement) = Compare(
            teacher,
            student,
            id,
            episodes,
            seed,
            registry,
            cancellationToken
        );
        return new StudentReport
        {
            Teacher = teachers,
            Student = students,
            TeacherParameters = teacher.ParameterCount,
            StudentParameters = student.ParameterCount,
            TeacherMicroseconds = Time(teacher, id, seed, registry),
            StudentMicroseconds = Time(student, id, seed, registry),
            Steps = steps,
            Divergence = divergence,
            Agreement = agreement,
        };
    }

    private static (int Steps, double Divergence, double? Agreement) Compare(
        SavedPolicy teacher,
        SavedPolicy student,
        string environmentId,
        int episodes,
        ulong seed,
        EnvironmentRegistry? registry,
        CancellationToken cancellationToken
    )
    {
        using EnvironmentPipeline pipeline = Pipeline(student, environmentId, registry);
        IBatchedEnvironment environment = pipeline.Environment;
        PolicySession actor = Evaluator.Start(pipeline, student, seed, deterministic: false);
        PolicySession onlooker = teacher.CreateSession(1, seed);
        var family = ActionDistribution.For(student.ActionSpace);
        var between = new PolicyComparison(family);
        var agreement = new Agreement(family);
        var theirs = new float[Block * family.ParameterSize];
        var ours = new float[theirs.Length];
        int rows = 0;
        int steps = 0;
        double divergence = 0;
        double agreed = 0;
        for (int played = 0; played < episodes; played += pipeline.Episodes.Completed.Length)
        {
            cancellationToken.ThrowIfCancellationRequested();
            onlooker.Act(environment.Observations);
            environment.Step(actor.Act(environment.Observations));
            onlooker.Output.Distributions.CopyTo(theirs.AsSpan(rows * family.ParameterSize));
            actor.Output.Distributions.CopyTo(ours.AsSpan(rows * family.ParameterSize));
            rows++;
            steps++;
            actor.StartEpisodes(environment.Terminated, environment.Truncated);
            onlooker.StartEpisodes(environment.Terminated, environment.Truncated);
            if (rows == Block || played + pipeline.Episodes.Completed.Length >= episodes)
            {
                divergence += rows * between.Mean(theirs, ours, rows);
                agreed += rows * agreement.Of(theirs, ours, rows);
                rows = 0;
            }
        }
        return (steps, divergence / steps, agreement.HasMeaning ? agreed / steps : null);
    }

    private static double Time(SavedPolicy policy, string environmentId, ulong seed, EnvironmentRegistry? registry)
    {
        using EnvironmentPipeline pipeline = Pipeline(policy, environmentId, registry);
        IBatchedEnvironment environment = pipeline.Environment;
        PolicySession session = Evaluator.Start(pipeline, policy, seed, deterministic: false);
        var ticks = new long[TimedSteps];
        for (int i = 0; i < ticks.Length; i++)
        {
            long start = Stopwatch.GetTimestamp();
            ReadOnlySpan<float> actions = session.Act(environment.Observations);
            ticks[i] = Stopwatch.GetTimestamp() - start;
            environment.Step(actions);
            session.StartEpisodes(environment.Terminated, environment.Truncated);
        }
        ticks.AsSpan().Sort();
        return ticks[ticks.Length / 2] * 1e6 / Stopwatch.Frequency;
    }

    private static EnvironmentPipeline Pipeline(SavedPolicy policy, string environmentId, EnvironmentRegistry? registry) =>
        Evaluator.CreatePipeline(policy, environmentId, 1, Evaluator.DefaultMaxEpisodeSteps, registry);
}
