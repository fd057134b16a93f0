using Environments;
using Environments.Rendering.Terminal;
using Environments.Spaces;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Rendering.Terminal;

public sealed class TerminalTests
{
    private static ConsoleKeyInfo Key(char character, ConsoleKey key = ConsoleKey.None) =>
        new(character, key, false, false, false);

    private static readonly ConsoleKeyInfo Left = Key('\0', ConsoleKey.LeftArrow);
    private static readonly ConsoleKeyInfo Right = Key('\0', ConsoleKey.RightArrow);

    private static (string Output, IReadOnlyList<EpisodeResult> Episodes) Play(
        string id,
        (int, int)? size,
        params ConsoleKeyInfo[] keys
    )
    {
        using IBatchedEnvironment environment = EnvironmentRegistry.Default.Make(id);
        var output = new StringWriter();
        var queue = new Queue<ConsoleKeyInfo>(keys);
        var player = new TerminalPlayer(output, () => queue.TryDequeue(out ConsoleKeyInfo key) ? key : null, size);
        IReadOnlyList<EpisodeResult> episodes = player.Play(environment, 0);
        return (output.ToString(), episodes);
    }

    [Fact]
    public void ToText_TwoRows_AreTheHalvesOfOneLine()
    {
        byte[] rgba = [255, 0, 0, 255, 255, 0, 0, 255, 0, 0, 255, 255, 1, 2, 3, 255];

        string text = TerminalPicture.ToText(rgba, 2);

        Assert.Equal("\e[38;2;255;0;0m\e[48;2;0;0;255m▀\e[48;2;1;2;3m▀\e[0m\n", text);
    }

    [Theory]
    [InlineData("truecolor", null, "xterm", true)]
    [InlineData("24bit", null, "xterm", true)]
    [InlineData(null, null, "xterm-256color", false)]
    [InlineData("truecolor", "1", "xterm", false)]
    [InlineData("truecolor", null, "dumb", false)]
    public void IsSupported_Variables_AreRespected(string? colours, string? none, string terminal, bool expected)
    {
        string? Variable(string name) =>
            name switch
            {
                "COLORTERM" => colours,
                "NO_COLOR" => none,
                "TERM" => terminal,
                _ => null,
            };
        Assert.Equal(expected, TerminalPicture.IsSupported(Variable));
    }

    [Fact]
    public void Play_ArrowsAndDigits_TakeTheNamedActionsUntilQ()
    {
        ConsoleKeyInfo[] pushes = [.. Enumerable.Repeat(Right, 8), .. Enumerable.Repeat(Key('1', ConsoleKey.D1), 8)];

        (string output, IReadOnlyList<EpisodeResult> episodes) = Play("CartPole-v1", null, [.. pushes, Key('q'), Right]);

        EpisodeResult episode = Assert.Single(episodes);
        Assert.InRange(episode.Length, 8, 12); // only pushes to the right
        Assert.Contains($"Episode 1: return {episode.Return} in {episode.Length} steps", output, StringComparison.Ordinal);
        Assert.Contains("←/0 left", output, StringComparison.Ordinal);
        Assert.Contains("q quit", output, StringComparison.Ordinal);
        Assert.DoesNotContain("\e[", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Play_KeyWithoutAction_IsNoStep()
    {
        (string output, _) = Play("CartPole-v1", null, Key('x'), Key('7'), Left, Key('q'));
        Assert.Contains("step 1,", output, StringComparison.Ordinal);
        Assert.DoesNotContain("step 2,", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Play_TerminalWithColours_ShowsPicturesThatFit()
    {
        (string output, _) = Play("MountainCar-v0", (60, 15), Left, Key('q'));

        string[] lines = output.Split('\n');
        string[] picture = [.. lines.Where(line => line.Contains('▀', StringComparison.Ordinal))];
        Assert.Equal(2 * 15, picture.Length); // before and after the step
        Assert.All(picture, line => Assert.Equal(45, line.Count(character => character == '▀')));
    }

    [Fact]
    public void Play_ContinuousActions_ThrowsAndNamesThem()
    {
        var error = Assert.Throws<NotSupportedException>(() => Play("Pendulum-v1", null));
        Assert.Contains("Box", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void KeyMap_NamesOfManyKinds_GiveEachActionAKey()
    {
        string[] names = ["turn left", "turn right", "forward", "pickup", "drop", "toggle", "done"];
        var keys = new KeyMap(new EnvironmentSpec("Maze-v0", new Box(0, 1, 1), new Discrete(12)) { ActionNames = names });

        Assert.Equal(0, keys.ActionOf(Left));
        Assert.Equal(2, keys.ActionOf(Key('\0', ConsoleKey.UpArrow)));
        Assert.Equal(3, keys.ActionOf(Key('p')));
        Assert.Equal(4, keys.ActionOf(Key('d')));
        Assert.Equal(6, keys.ActionOf(Key('O'))); // d is taken
        Assert.Equal(9, keys.ActionOf(Key('9')));
        Assert.Equal(10, keys.ActionOf(Key('a')));
        Assert.Equal(11, keys.ActionOf(Key('b')));
        Assert.Null(keys.ActionOf(Key('z')));
    }

    [Fact]
    public void Format_VectorsAndGrids_AreLines()
    {
        Assert.Equal("    0.5      -1\n", ObservationText.Format(new Box(-1, 1, 2), [0.5f, -1]));
        Assert.Equal("0 1 2\n3 4 5\n", ObservationText.Format(new Box(0, 9, 2, 3), [0, 1, 2, 3, 4, 5]));
    }
}
