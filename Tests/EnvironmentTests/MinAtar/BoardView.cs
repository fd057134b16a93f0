using Environments.MinAtar;

namespace Tests.EnvironmentTests.MinAtar;

/// <summary>What a game shows, by channel.</summary>
internal static class BoardView
{
    /// <summary>Cells that are set in a channel, row-major.</summary>
    public static (int Row, int Column)[] Cells<TGame>(in TGame game, int channel)
        where TGame : struct, IMinAtarGame
    {
        var cells = new float[100 * TGame.Channels];
        game.Observe(cells);
        return
        [
            .. Enumerable
                .Range(0, 100)
                .Where(cell => cells[cell * TGame.Channels + channel] != 0)
                .Select(cell => (cell / 10, cell % 10)),
        ];
    }
}
