using System.Globalization;
using Actors;
using Agents.Policies;
using Environments;
using Environments.Rendering;
using Environments.Rendering.Animation;
using Environments.Wrappers;
using SkiaSharp;

namespace Learners.Evaluation;

/// <summary>Films a saved policy at work, stepped as <see cref="Evaluator"/> steps it.</summary>
public static class EpisodeRecorder
{
    /// <summary>Plays whole episodes and writes their pictures; of a <c>.png</c> only the first one.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="path">Destination: <c>.gif</c>, <c>.mp4</c> (needs the program ffmpeg) or <c>.png</c>.</param>
    /// <param name="options">What and how; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the film early with <see cref="OperationCanceledException"/>; what was filmed is kept.</param>
    /// <exception cref="ArgumentException">The ending is not known, the environment is unknown, or its spaces are not the policy's.</exception>
    /// <exception cref="NotSupportedException">The environment does not draw itself, or ffmpeg is not installed.</exception>
    public static RecordingResult Record(
        SavedPolicy policy,
        string path,
        RecordingOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(policy);
        options ??= new RecordingOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Episodes, 1);
        AnimationFile.RequireKnown(path);
        using EnvironmentPipeline pipeline = Evaluator.CreatePipeline(
            policy,
            options.Environment,
            1,
            options.MaxEpisodeSteps,
            options.Registry,
            skill: options.Skill
        );
        IBatchedEnvironment environment = pipeline.Environment;
        using FrameRenderer renderer = CreateRenderer(environment, options);
        double speed = Math.Min(
            options.FramesPerSecond ?? (double)environment.Rendering!.Value.FramesPerSecond / StepsPerPicture(policy.Info),
            AnimationFile.MaxFramesPerSecond(path)
        );
        using var caption = new ScoreCaption();
        using IAnimationWriter writer = AnimationFile.Create(path, renderer.Width, renderer.Height, speed);
        PolicySession session = Evaluator.Start(pipeline, policy, options.Seed, options.Deterministic);
        int episodes = AnimationFile.IsSinglePicture(path) ? 0 : options.Episodes;
        List<EpisodeResult> played = Play(pipeline, session, renderer, AddFrame, episodes, cancellationToken);
        return new RecordingResult
        {
            Path = path,
            Frames = writer.Frames,
            Width = renderer.Width,
            Height = renderer.Height,
            FramesPerSecond = speed,
            Episodes = played,
        };

        void AddFrame(int episode, int step, double sum)
        {
            if (options.Caption)
            {
                var area = new SKRect(0, renderer.PictureHeight, renderer.Width, renderer.Height);
                string text = $"episode {episode}   step {step}   return {sum.ToString("0.##", CultureInfo.InvariantCulture)}";
                caption.Draw(renderer.Canvas, area, text);
            }
            writer.Add(renderer.Rgba);
        }
    }

    /// <summary>Plays whole episodes and has a frame added for each observation, the first and the last of an episode among them.</summary>
    private static List<EpisodeResult> Play(
        EnvironmentPipeline pipeline,
        PolicySession session,
        FrameRenderer renderer,
        Action<int, int, double> addFrame,
        int count,
        CancellationToken cancellationToken
    )
    {
        IBatchedEnvironment environment = pipeline.Environment;
        var episodes = new List<EpisodeResult>();
        bool ended = false;
        environment.EpisodeEnding = _ =>
        {
            if (!ended) // later ones of the same step are of no-ops at the reset
            {
                renderer.Render(0);
                ended = true;
            }
        };
        renderer.Render(0);
        addFrame(1, 0, 0);
        while (episodes.Count < count)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ended = false;
            environment.Step(session.Act(environment.Observations));
            foreach (EpisodeResult episode in pipeline.Episodes.Completed)
            {
                episodes.Add(episode);
                addFrame(episodes.Count, episode.Length, episode.Return);
            }
            session.StartEpisodes(environment.Terminated, environment.Truncated);
            if (episodes.Count < count)
            {
                renderer.Render(0);
                addFrame(episodes.Count + 1, pipeline.Episodes.Lengths[0], pipeline.Episodes.Returns[0]);
            }
        }
        return episodes;
    }

    private static int StepsPerPicture(PolicyInfo policy) => policy.FrameSkip * (policy.Options?.Horizon ?? 1);

    private static FrameRenderer CreateRenderer(IBatchedEnvironment environment, RecordingOptions options)
    {
        int width = (int)Math.Clamp((environment.Rendering?.Size.Width ?? 0) * options.Scale, 0, 16_384);
        return new FrameRenderer(environment, options.Scale, options.Caption ? ScoreCaption.HeightFor(width) : 0);
    }
}
