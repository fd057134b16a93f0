using System.Globalization;
using Environments.Wrappers;

namespace Environments.Rendering.Terminal;

/// <summary>Lets a person play a task with discrete actions: shows it, waits for a key, steps. Does not own the environment.</summary>
/// <param name="output">Where it is shown.</param>
/// <param name="readKey">Waits for the next key; null when there is none any more.</param>
/// <param name="size">Columns and lines for the picture; null to show observations as text.</param>
internal sealed class TerminalPlayer(TextWriter output, Func<ConsoleKeyInfo?> readKey, (int Columns, int Lines)? size)
{
    /// <summary>Plays until the person quits.</summary>
    /// <param name="environment">One copy.</param>
    /// <param name="seed">Seed of the first episode.</param>
    /// <returns>The episodes that ended.</returns>
    public IReadOnlyList<EpisodeResult> Play(IBatchedEnvironment environment, ulong seed)
    {
        var keys = new KeyMap(environment.Spec);
        var episodes = new List<EpisodeResult>();
        var statistics = new EpisodeStatistics(environment);
        using FrameRenderer? renderer =
            size is { } room && environment.Rendering is { } info
                ? new FrameRenderer(environment, TerminalPicture.FitScale(info, room.Columns, room.Lines))
                : null;
        statistics.Reset(seed);
        if (renderer is null)
        {
            output.WriteLine($"{environment.Spec.Id}: {environment.Spec.Description}");
            output.WriteLine(keys.Description);
        }
        else
        {
            output.Write("\e[2J"); // an empty screen
        }
        Span<float> action = stackalloc float[1];
        string news = "";
        while (true)
        {
            Show(statistics, renderer, keys, episodes.Count + 1, news);
            int? chosen;
            do
            {
                if (readKey() is not { } key || KeyMap.IsQuit(key))
                {
                    return episodes;
                }
                chosen = keys.ActionOf(key);
            } while (chosen is null);
            action[0] = chosen.Value;
            statistics.Step(action);
            news = "";
            foreach (EpisodeResult episode in statistics.Completed)
            {
                episodes.Add(episode);
                news = string.Create(
                    CultureInfo.InvariantCulture,
                    $"Episode {episodes.Count}: return {episode.Return:0.###} in {episode.Length} steps."
                );
            }
        }
    }

    private void Show(EpisodeStatistics environment, FrameRenderer? renderer, KeyMap keys, int episode, string news)
    {
        string clear = renderer is null ? "" : "\e[K"; // what an older picture left on the line
        if (renderer is not null)
        {
            output.Write("\e[H"); // over the older picture
            output.Write(TerminalPicture.ToText(renderer.Render(0), renderer.Width));
            output.WriteLine(keys.Description + clear);
            output.WriteLine(news + clear);
        }
        else
        {
            output.Write(ObservationText.Format(environment.Spec.ObservationSpace, environment.Observations));
            output.Write(news.Length > 0 ? news + "\n" : "");
        }
        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"episode {episode}, step {environment.Lengths[0]}, reward {environment.Rewards[0]:0.###}, return {environment.Returns[0]:0.###}{clear}"
            )
        );
    }
}
