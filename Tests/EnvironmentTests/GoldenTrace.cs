using System.Text.Json;
using Environments;
using Xunit;

namespace Tests.EnvironmentTests;

/// <summary>One episode recorded from the original environment, in <c>Tests/Golden</c>.</summary>
internal sealed record GoldenTrace(
    double[] InitialState,
    float[][] Actions,
    float[][] Observations,
    float[] Rewards,
    bool[] Terminated,
    bool[] Truncated
)
{
    /// <summary>The episodes of one file.</summary>
    public static IReadOnlyList<GoldenTrace> Load(string id)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Golden", id + ".json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return [.. document.RootElement.GetProperty("episodes").EnumerateArray().Select(Parse)];
    }

    /// <summary>Replays every episode of a file from its initial state and holds observations, rewards and both flags against the record.</summary>
    /// <param name="id">Environment, and name of the file.</param>
    /// <param name="create">Makes a simulation in a recorded state.</param>
    /// <param name="observationTolerance">Greatest |difference| / max(1, |recorded|) of an observation's component.</param>
    /// <param name="rewardTolerance">The same of a reward.</param>
    public static void Replay<TEnvironment>(
        string id,
        Func<double[], TEnvironment> create,
        double observationTolerance,
        double rewardTolerance
    )
        where TEnvironment : struct, IEnvironment
    {
        IReadOnlyList<GoldenTrace> episodes = Load(id);
        Assert.NotEmpty(episodes);
        double observationError = 0;
        double rewardError = 0;
        foreach (GoldenTrace episode in episodes)
        {
            using var batch = (BatchedEnvironment<TEnvironment>)EnvironmentRegistry.Default.Make(id);
            batch.Reset(0);
            batch[0] = create(episode.InitialState);
            for (int t = 0; t < episode.Actions.Length; t++)
            {
                batch.Step(episode.Actions[t]);
                bool ended = episode.Terminated[t] || episode.Truncated[t];
                Assert.Equal((t, episode.Terminated[t]), (t, batch.Terminated[0]));
                Assert.Equal((t, episode.Truncated[t]), (t, batch.Truncated[0]));
                ReadOnlySpan<float> observation = ended ? batch.FinalObservations : batch.Observations;
                for (int i = 0; i < observation.Length; i++)
                {
                    observationError = Math.Max(observationError, Error(episode.Observations[t + 1][i], observation[i]));
                }
                rewardError = Math.Max(rewardError, Error(episode.Rewards[t], batch.Rewards[0]));
            }
        }
        Assert.InRange(observationError, 0, observationTolerance);
        Assert.InRange(rewardError, 0, rewardTolerance);
    }

    private static double Error(double expected, double actual) => Math.Abs(actual - expected) / Math.Max(1, Math.Abs(expected));

    private static GoldenTrace Parse(JsonElement episode) =>
        new(
            [.. episode.GetProperty("initial_state").EnumerateArray().Select(value => value.GetDouble())],
            [.. episode.GetProperty("actions").EnumerateArray().Select(Row)],
            [.. episode.GetProperty("observations").EnumerateArray().Select(Row)],
            [.. episode.GetProperty("rewards").EnumerateArray().Select(value => (float)value.GetDouble())],
            [.. episode.GetProperty("terminated").EnumerateArray().Select(value => value.GetBoolean())],
            [.. episode.GetProperty("truncated").EnumerateArray().Select(value => value.GetBoolean())]
        );

    private static float[] Row(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array
            ? [.. element.EnumerateArray().Select(value => (float)value.GetDouble())]
            : [(float)element.GetDouble()];
}
