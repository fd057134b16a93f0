using Learners.Supervised;
using Learners.Training;
using Studies.Claims;
using Studies.Running;
using Studies.Runs;

namespace Tests.StudyTests;

/// <summary>Small claims, and a starter that trains in this process.</summary>
internal static class SampleClaims
{
    /// <summary>Two arms on CartPole, three seeds, 2,048 steps.</summary>
    public const string Tiny = """
        title: PPO and A2C learn
        source: a test
        seeds: 3
        curve_episodes: 10
        settings:
          evaluation: { final_episodes: 3 }
        arms:
          - name: ppo
            label: PPO
            settings: { ppo: { epochs: 1 } }
          - name: a2c
            label: A2C
        tasks:
          - environment: CartPole-v1
            steps: 2_048
            threshold: 15
        measures:
          - name: frames to 15
            metric: steps_to_threshold
            episodes: 5
            arms: [ppo, a2c]
            expected: below
          - name: some return
            metric: evaluation_return
            effect: bar
            arms: [ppo]
            expected: above
            bar: 5
            share: 1
          - name: length
            metric: summary
            column: evaluation.mean_length
            effect: difference
            arms: [ppo, a2c]
          - name: entropy
            metric: column_last
            column: losses/entropy
            arms: [ppo, a2c]
          - name: frames to 15 the other way round
            metric: steps_to_threshold
            episodes: 5
            arms: [a2c, ppo]
        """;

    public static Claim Parse(string yaml) => ClaimLibrary.Parse(yaml, "test");

    /// <summary>Trains in this process and remembers what it trained.</summary>
    internal sealed class InProcess : IRunStarter
    {
        public List<(PlannedRun Run, bool Resume)> Trained { get; } = [];

        /// <summary>Runs that fail instead.</summary>
        public Func<PlannedRun, string?> Fail { get; init; } = _ => null;

        public async Task<string?> RunAsync(PlannedRun run, RunFiles files, bool resume, CancellationToken cancellationToken)
        {
            lock (Trained)
            {
                Trained.Add((run, resume));
            }
            if (Fail(run) is { } error)
            {
                return error;
            }
            if (run.Work is SupervisedWork supervised)
            {
                var options = new SupervisedOptions { OutputFolder = files.Path };
                SupervisedResult learned = resume
                    ? await SupervisedTrainer.ResumeAsync(files.Path, [], options, cancellationToken)
                    : await SupervisedTrainer.LearnAsync(supervised.Settings, options, cancellationToken);
                cancellationToken.ThrowIfCancellationRequested();
                return learned.Interrupted ? "interrupted" : null;
            }
            TrainingResult result = resume
                ? await Trainer.ResumeAsync(files.Path, cancellationToken: cancellationToken)
                : await Trainer.TrainAsync(run.Settings, new TrainingOptions { OutputFolder = files.Path }, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return result.Interrupted ? "interrupted" : null;
        }
    }
}
