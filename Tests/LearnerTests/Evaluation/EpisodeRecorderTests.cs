using Agents.Policies;
using Environments;
using Learners.Composition;
using Learners.Configuration;
using Learners.Evaluation;
using Learners.Training;
using Tests.EnvironmentTests.Rendering.Animation;
using Xunit;

namespace Tests.LearnerTests.Evaluation;

public sealed class EpisodeRecorderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<SavedPolicy> Train(string environment, params string[] assignments)
    {
        TrainingSettings settings = SettingsSources.Load(
            environment,
            "ppo",
            null,
            ["total_steps=1024", "evaluation.episodes=0", "evaluation.final_episodes=2", "ppo.epochs=1", .. assignments]
        );
        TrainingResult result = await Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In("run") });
        return SavedPolicy.Load(result.PolicyFolder);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Record_OneEpisode_IsTheOneThatAnEvaluationPlays(bool deterministic)
    {
        using SavedPolicy policy = await Train("CartPole-v1");
        EvaluationResult expected = Evaluator.Evaluate(policy, episodes: 1, seed: 5, deterministic: deterministic);

        RecordingResult film = EpisodeRecorder.Record(
            policy,
            _folder.In("episode.gif"),
            new RecordingOptions
            {
                Seed = 5,
                Deterministic = deterministic,
                Scale = 0.5,
            }
        );

        Assert.Equal(expected.MeanReturn, Assert.Single(film.Episodes).Return);
        Assert.Equal(expected.MeanLength + 1, film.Frames);
        var decoded = new GifDecoder(await File.ReadAllBytesAsync(_folder.In("episode.gif")));
        Assert.Equal(film.Frames, decoded.Frames.Count);
        Assert.Equal((film.Width, film.Height), (decoded.Width, decoded.Height));
        Assert.Equal(300, film.Width);
        Assert.InRange(film.Height, 214, 220); // a line of text below
        Assert.Equal(50, film.FramesPerSecond);
    }

    [Fact]
    public async Task Record_LastPictureOfAnEpisode_ShowsTheFallenPole()
    {
        using SavedPolicy policy = await Train("CartPole-v1");
        var options = new RecordingOptions { Caption = false, Episodes = 2 };

        RecordingResult film = EpisodeRecorder.Record(policy, _folder.In("episode.gif"), options);

        var decoded = new GifDecoder(await File.ReadAllBytesAsync(_folder.In("episode.gif")));
        int last = film.Episodes[0].Length;
        Assert.Equal(film.Episodes.Sum(episode => episode.Length + 1), decoded.Frames.Count);
        // Beyond 12 degrees the top of the pole lies at least 24 pixels beside its foot; at the start it stands within 8.
        Assert.InRange(Lean(decoded.Frames[last]), 20, 60);
        Assert.InRange(Lean(decoded.Frames[last + 1]), 0, 12);
    }

    [Fact]
    public async Task Record_Png_IsTheFirstPictureAlone()
    {
        using SavedPolicy policy = await Train("CartPole-v1");

        RecordingResult film = EpisodeRecorder.Record(policy, _folder.In("deep", "first.PNG"), new RecordingOptions());

        Assert.Equal(1, film.Frames);
        Assert.Empty(film.Episodes);
        byte[] file = await File.ReadAllBytesAsync(_folder.In("deep", "first.PNG"));
        Assert.Equal("PNG"u8.ToArray(), file[1..4]);
    }

    [Fact]
    public async Task Evaluate_PolicyOfASkippingTask_PlaysThatTask()
    {
        using SavedPolicy policy = await Train(
            "Pendulum-v1",
            "wrappers.frame_skip=4",
            "wrappers.sticky_actions=0.25",
            "wrappers.noop_max=8",
            "wrappers.observation_scale=0.5",
            "wrappers.reward_scale=0.1"
        );

        Assert.Equal(
            (4, 0.25, 8, 0.5f),
            (policy.Info.FrameSkip, policy.Info.StickyActions, policy.Info.NoopMax, policy.Info.ObservationScale)
        );
        EvaluationResult result = Evaluator.Evaluate(policy, episodes: 20);
        Assert.InRange(result.MeanLength, 48, 50); // 200 steps, less 1 to 8 idle ones, in fours
        Assert.True(result.MeanReturn < -200, "Returns are of raw rewards.");
        RecordingResult film = EpisodeRecorder.Record(policy, _folder.In("a.gif"), new RecordingOptions { Scale = 0.1 });
        Assert.Equal(7.5, film.FramesPerSecond);
    }

    [Fact]
    public async Task Act_PolicyWithAnObservationScale_ScalesRawObservationsItself()
    {
        using SavedPolicy policy = await Train("CartPole-v1", "wrappers.observation_scale=0.5");
        using SavedPolicy plain = new(
            policy.Info with
            {
                ObservationScale = 1,
            },
            new Agents.Networks.NetworkSpec(policy.ObservationSpace, policy.ActionSpace, policy.Network),
            policy.Parameters,
            null
        );
        PolicySession first = policy.CreateSession();
        PolicySession second = plain.CreateSession();
        first.Act([1, 0.4f, -0.2f, 0.6f]);
        second.Act([0.5f, 0.2f, -0.1f, 0.3f]);
        Assert.Equal(second.Output.Values[0], first.Output.Values[0]);
        Assert.Equal(EnvironmentRegistry.Default.Find("CartPole-v1").ObservationSpace, policy.ObservationSpace);
    }

    /// <summary>Pixels between the pole's mean column at its top and at its foot.</summary>
    private static double Lean(byte[] rgb)
    {
        var rows = new List<double>();
        for (int y = 0; y < 400; y++)
        {
            double[] columns =
            [
                .. Enumerable
                    .Range(0, 600)
                    .Where(x => rgb[3 * (y * 600 + x)] == 202 && rgb[3 * (y * 600 + x) + 2] == 101)
                    .Select(x => (double)x),
            ];
            if (columns.Length > 3)
            {
                rows.Add(columns.Average());
            }
        }
        return Math.Abs(rows[0] - rows[^1]);
    }
}
