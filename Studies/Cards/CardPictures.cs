using Environments;
using Learners.Evaluation;
using Studies.Plotting;

namespace Studies.Cards;

/// <summary>Pictures beside a card: names of files in its folder, null for those that cannot be drawn.</summary>
/// <param name="Environment">The environment after a reset.</param>
/// <param name="Curve">The returns of training.</param>
internal sealed record CardPictures(string? Environment, string? Curve)
{
    private static readonly string[] Metrics = [RunPlotter.DefaultMetric, "eval/mean_return", "task_return"];

    /// <summary>Draws what can be drawn.</summary>
    /// <param name="facts">What the card is of.</param>
    /// <param name="card">File of the card, whose name the pictures begin with.</param>
    /// <param name="environments">Where the environment is looked up.</param>
    public static CardPictures Draw(CardFacts facts, string card, EnvironmentRegistry environments)
    {
        string stem = Path.ChangeExtension(card, null);
        return new CardPictures(
            Try(stem + "-environment.png", file => DrawEnvironment(facts, file, environments)),
            facts.IsRun
                ? Metrics
                    .Select(metric => Try(stem + "-curve.png", file => RunPlotter.Draw([facts.Folder], metric, file)))
                    .FirstOrDefault(name => name is not null)
                : null
        );
    }

    private static void DrawEnvironment(CardFacts facts, string file, EnvironmentRegistry environments) =>
        EpisodeRecorder.Record(facts.Policy, file, new RecordingOptions { Caption = false, Registry = environments });

    // A card is as good as what can be drawn here: an engine, a metric or a permission may be missing.
    private static string? Try(string file, Action<string> draw)
    {
        try
        {
            draw(file);
            return Path.GetFileName(file);
        }
        catch (Exception exception)
            when (exception
                    is ArgumentException
                        or NotSupportedException
                        or InvalidDataException
                        or DllNotFoundException
                        or EnvironmentNotAllowedException
                        or EnvironmentFaultException
            )
        {
            return null;
        }
    }
}
