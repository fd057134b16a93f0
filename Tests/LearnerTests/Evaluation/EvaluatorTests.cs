using Agents.Policies;
using Learners.Composition;
using Learners.Evaluation;
using Learners.Ppo;
using Learners.Training;
using Tests.EnvironmentTests.Remote;
using Xunit;

namespace Tests.LearnerTests.Evaluation;

public sealed class EvaluatorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Evaluate_ServerDiesInAllEpisodes_ScoresOthersInstead()
    {
        TrainingResult run = await Trainer.TrainAsync(
            new TrainingSettings
            {
                TotalSteps = 64,
                Agent = new PpoSettings { Copies = 2, UnrollLength = 32 },
                Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
            },
            new TrainingOptions { OutputFolder = _folder.In("run") },
            TestContext.Current.CancellationToken
        );
        using SavedPolicy policy = SavedPolicy.Load(run.PolicyFolder);

        EvaluationResult result = Evaluator.Evaluate(
            policy,
            PythonCases.Id($"Dies?at=4&once={_folder.In("once")}"),
            episodes: 4,
            cancellationToken: TestContext.Current.CancellationToken
        );

        Assert.True(File.Exists(_folder.In("once")));
        Assert.Equal(4, result.Episodes);
        Assert.True(
            result.MinReturn >= 7,
            $"{result.MinReturn} is what was played before the server died; no pole falls that fast"
        );
    }
}
