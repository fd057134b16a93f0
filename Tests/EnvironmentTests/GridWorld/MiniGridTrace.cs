using System.Text.Json;
using Environments;
using Environments.GridWorld;
using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.GridWorld;

/// <summary>One episode recorded from Farama's Minigrid. Grids and images are strings of hexadecimal digits, <c>[x][y][3]</c>.</summary>
internal sealed record MiniGridTrace(
    ulong Seed,
    int[] Agent,
    string Grid,
    int[] Actions,
    string[] Images,
    int[] Directions,
    float[] Rewards,
    bool[] Terminated,
    bool[] Truncated,
    int[] FinalAgent,
    string FinalGrid
)
{
    private static readonly JsonSerializerOptions Names = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>The episodes of one environment, named as in <c>MiniGrid/Name-v0</c>.</summary>
    public static IReadOnlyList<MiniGridTrace> Load(string name)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Golden", $"MiniGrid-{name}.json");
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.GetProperty("episodes").Deserialize<MiniGridTrace[]>(Names)!;
    }

    /// <summary>Plays every recorded episode from its seed and holds world, view, reward and both flags against the record, without tolerance.</summary>
    public static void Replay<TLayout>(string name)
        where TLayout : struct, IMiniGridLayout
    {
        IReadOnlyList<MiniGridTrace> episodes = Load(name);
        Assert.NotEmpty(episodes);
        foreach (MiniGridTrace episode in episodes)
        {
            using var batch =
                (BatchedEnvironment<MiniGridEnvironment<TLayout>>)EnvironmentRegistry.Default.Make($"MiniGrid/{name}-v0");
            batch.Reset(episode.Seed);
            MiniGrid grid = batch[0].Grid;
            Assert.Equal(episode.Grid, Describe(grid));
            Assert.Equal(episode.Agent, AgentOf(grid));
            Assert.Equal(episode.Images[0], Describe(batch.Observations));
            for (int t = 0; t < episode.Actions.Length; t++)
            {
                MiniGridEnvironment<TLayout> before = batch[0];
                batch.Step([episode.Actions[t]]);
                bool ended = episode.Terminated[t] || episode.Truncated[t];
                string image = Describe(ended ? batch.FinalObservations : batch.Observations);
                Assert.Equal((t, episode.Images[t + 1]), (t, image));
                Assert.Equal((t, episode.Rewards[t]), (t, batch.Rewards[0]));
                Assert.Equal((t, episode.Terminated[t]), (t, batch.Terminated[0]));
                Assert.Equal((t, episode.Truncated[t]), (t, batch.Truncated[0]));
                grid = ended ? After(before, episode.Actions[t]) : batch[0].Grid; // the batch itself has begun the next episode
                Assert.Equal((t, episode.Directions[t + 1]), (t, grid.AgentDirection));
            }
            Assert.Equal(episode.FinalGrid, Describe(grid));
            Assert.Equal(episode.FinalAgent, AgentOf(grid));
        }
    }

    private static MiniGrid After<TLayout>(MiniGridEnvironment<TLayout> environment, int action)
        where TLayout : struct, IMiniGridLayout
    {
        var random = new Pcg64(0);
        environment.Step([action], new float[environment.ObservationSpace.Size], ref random);
        return environment.Grid;
    }

    private static int[] AgentOf(in MiniGrid grid) => [grid.AgentX, grid.AgentY, grid.AgentDirection];

    private static string Describe(in MiniGrid grid)
    {
        var numbers = new List<float>();
        for (int x = 0; x < grid.Width; x++)
        {
            for (int y = 0; y < grid.Height; y++)
            {
                Cell cell = grid[x, y];
                numbers.AddRange([(float)cell.Type, (float)cell.Colour, (float)cell.DoorState]);
            }
        }
        return Describe([.. numbers]);
    }

    private static string Describe(ReadOnlySpan<float> numbers)
    {
        var digits = new char[numbers.Length];
        for (int i = 0; i < digits.Length; i++)
        {
            digits[i] = "0123456789abcdef"[(int)numbers[i]];
        }
        return new string(digits);
    }
}
