using Actors;
using Agents.Policies;
using Environments;
using Environments.Rendering;
using Learners.Evaluation;
using Protos.Foreign;
using SkiaSharp;

namespace Learners.Skills;

/// <summary>Draws all skills of a discovery on one sheet: a row each, with pictures of its first episode, from the reset to where the skill ends.</summary>
public static class SkillSheet
{
    private const int ThumbWidth = 120;
    private const int Gap = 4;
    private const int LabelHeight = 18;

    /// <summary>Plays an episode of every skill, as in training, and writes the sheet.</summary>
    /// <param name="folder">Folder of a discovery.</param>
    /// <param name="path">Destination, a <c>.png</c>.</param>
    /// <param name="columns">Pictures in a row, 2 to 64, evenly spaced.</param>
    /// <param name="seed">Seed of environments and actions.</param>
    /// <param name="registry">Where the environment is looked up; null for the default.</param>
    /// <param name="cancellationToken">Stops early with <see cref="OperationCanceledException"/>; nothing is written.</param>
    /// <returns>Skills on the sheet.</returns>
    /// <exception cref="Agents.Yaml.SettingsException">The folder holds no discovery.</exception>
    /// <exception cref="InvalidDataException">No skill is finished yet.</exception>
    /// <exception cref="NotSupportedException">The environment does not draw itself.</exception>
    public static int Write(
        string folder,
        string path,
        int columns = 8,
        ulong seed = 0,
        EnvironmentRegistry? registry = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 2);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(columns, 64);
        DiscoverySettings settings = SkillDiscovery.SettingsOf(folder);
        IReadOnlyList<string> skills = new DiscoveryFolder(folder).Skills();
        if (skills.Count == 0)
        {
            throw new InvalidDataException(
                $"'{folder}' has no finished skill yet. Go on with 'agents discover --resume {folder}'."
            );
        }
        SKBitmap? sheet = null;
        try
        {
            for (int row = 0; row < skills.Count; row++)
            {
                using var policy = SavedPolicy.Load(skills[row]);
                using EnvironmentPipeline pipeline = Evaluator.CreatePipeline(
                    policy,
                    policy.Info.Environment,
                    1,
                    Evaluator.DefaultMaxEpisodeSteps,
                    registry
                );
                double width = pipeline.Environment.Rendering?.Size.Width ?? ThumbWidth;
                using var renderer = new FrameRenderer(pipeline.Environment, ThumbWidth / width);
                sheet ??= Blank(renderer, skills.Count, columns);
                int steps = new SkillSampler(
                    settings.Samples,
                    settings.Reward,
                    (registry ?? EnvironmentRegistry.Default).Find(policy.Info.Environment).MaxEpisodeSteps
                        / policy.Info.FrameSkip
                ).SkillSteps;
                PolicySession session = Evaluator.Start(pipeline, policy, seed, deterministic: false);
                DrawRow(sheet, renderer, pipeline.Environment, session, row, columns, steps, cancellationToken);
            }
            using SKData data = sheet!.Encode(SKEncodedImageFormat.Png, 100);
            using FileStream file = DiskFailure.CreateFile(path);
            data.SaveTo(file);
            return skills.Count;
        }
        finally
        {
            sheet?.Dispose();
        }
    }

    private static SKBitmap Blank(FrameRenderer renderer, int rows, int columns)
    {
        var sheet = new SKBitmap(
            columns * (renderer.Width + Gap) + Gap,
            rows * (renderer.PictureHeight + LabelHeight + Gap) + Gap,
            SKColorType.Rgba8888,
            SKAlphaType.Opaque
        );
        sheet.Erase(SKColors.White);
        return sheet;
    }

    private static void DrawRow(
        SKBitmap sheet,
        FrameRenderer renderer,
        IBatchedEnvironment environment,
        PolicySession session,
        int row,
        int columns,
        int steps,
        CancellationToken cancellationToken
    )
    {
        using var canvas = new SKCanvas(sheet);
        using var caption = new ScoreCaption();
        int top = row * (renderer.PictureHeight + LabelHeight + Gap) + Gap;
        int drawn = 0;
        int ended = -1; // the step at which the episode did
        environment.EpisodeEnding = _ => renderer.Render(0); // before the next one begins
        for (int step = 0; step <= steps && drawn < columns; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (step > 0)
            {
                environment.Step(session.Act(environment.Observations));
                ended = environment.Terminated[0] | environment.Truncated[0] ? step : -1;
                session.StartEpisodes(environment.Terminated, environment.Truncated);
            }
            if (ended < 0)
            {
                renderer.Render(0);
            }
            if (step * (columns - 1) / steps >= drawn || ended >= 0)
            {
                Draw(drawn++, step);
            }
            if (ended >= 0)
            {
                return; // the rest of the row stays empty
            }
        }

        void Draw(int column, int step)
        {
            int left = column * (renderer.Width + Gap) + Gap;
            using SKImage picture = SKImage.FromPixelCopy(
                new SKImageInfo(renderer.Width, renderer.PictureHeight, SKColorType.Rgba8888, SKAlphaType.Opaque),
                renderer.Rgba
            );
            canvas.DrawImage(picture, left, top + LabelHeight);
            var area = new SKRect(left, top, left + renderer.Width, top + LabelHeight);
            caption.Draw(canvas, area, column == 0 ? $"skill {row}" : $"step {step}");
        }
    }
}
