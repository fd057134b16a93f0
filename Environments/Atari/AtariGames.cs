using Environments.Naming;

namespace Environments.Atari;

/// <summary>The games that the Arcade Learning Environment 0.12.1 knows.</summary>
/// <remarks>
/// Minimal action sets as its library prints them. Scores of random play and of a professional tester: Mnih et al. 2015, extended data table 2, for
/// 49 games; Wang et al. 2016 for the other eight.
/// </remarks>
public static class AtariGames
{
    /// <summary>Every game; the 57 with scores first.</summary>
    public static IReadOnlyList<AtariGame> All { get; } =
    [
        new("Alien", 0x3FFFF, 227.8, 7127.7),
        new("Amidar", 0x03C3F, 5.8, 1719.5),
        new("Assault", 0x0181F, 222.4, 742),
        new("Asterix", 0x003FD, 210, 8503.3),
        new("Asteroids", 0x0FCFF, 719.1, 47388.7),
        new("Atlantis", 0x01803, 12850, 29028.1),
        new("BankHeist", 0x3FFFF, 14.2, 753.1),
        new("BattleZone", 0x3FFFF, 2360, 37187.5),
        new("BeamRider", 0x018DF, 363.9, 16926.5),
        new("Berzerk", 0x3FFFF, 123.7, 2630.4),
        new("Bowling", 0x02427, 23.1, 160.7),
        new("Boxing", 0x3FFFF, 0.1, 12.1),
        new("Breakout", 0x0001B, 1.7, 30.5),
        new("Centipede", 0x3FFFF, 2090.9, 12017),
        new("ChopperCommand", 0x3FFFF, 811, 7387.8),
        new("CrazyClimber", 0x003FD, 10780.5, 35829.4),
        new("Defender", 0x3FFFF, 2874.5, 18688.9),
        new("DemonAttack", 0x0181B, 152.1, 1971),
        new("DoubleDunk", 0x3FFFF, -18.6, -16.4),
        new("Enduro", 0x01B3B, 0, 860.5),
        new("FishingDerby", 0x3FFFF, -91.7, -38.7),
        new("Freeway", 0x00025, 0, 29.6),
        new("Frostbite", 0x3FFFF, 65.2, 4334.7),
        new("Gopher", 0x01C1F, 257.6, 2412.5),
        new("Gravitar", 0x3FFFF, 173, 3351.4),
        new("Hero", 0x3FFFF, 1027, 30826.4),
        new("IceHockey", 0x3FFFF, -11.2, 0.9),
        new("Jamesbond", 0x3FFFF, 29, 302.8),
        new("Kangaroo", 0x3FFFF, 52, 3035),
        new("Krull", 0x3FFFF, 1598, 2665.5),
        new("KungFuMaster", 0x3FB3D, 258.5, 22736.3),
        new("MontezumaRevenge", 0x3FFFF, 0, 4753.3),
        new("MsPacman", 0x003FD, 307.3, 6951.6),
        new("NameThisGame", 0x0181B, 2292.3, 8049),
        new("Phoenix", 0x0383B, 761.4, 7242.6),
        new("Pitfall", 0x3FFFF, -229.4, 6463.7),
        new("Pong", 0x0181B, -20.7, 14.6),
        new("PrivateEye", 0x3FFFF, 24.9, 69571.3),
        new("Qbert", 0x0003F, 163.9, 13455),
        new("Riverraid", 0x3FFFF, 1338.5, 17118),
        new("RoadRunner", 0x3FFFF, 11.5, 7845),
        new("Robotank", 0x3FFFF, 2.2, 11.9),
        new("Seaquest", 0x3FFFF, 68.4, 42054.7),
        new("Skiing", 0x00019, -17098.1, -4336.9),
        new("Solaris", 0x3FFFF, 1236.3, 12326.7),
        new("SpaceInvaders", 0x0181B, 148, 1668.7),
        new("StarGunner", 0x3FFFF, 664, 10250),
        new("Surround", 0x0003D, -10, 6.5),
        new("Tennis", 0x3FFFF, -23.8, -8.3),
        new("TimePilot", 0x03C3F, 3568, 5229.2),
        new("Tutankham", 0x01C3D, 11.4, 167.6),
        new("UpNDown", 0x02427, 533.4, 11693.2),
        new("Venture", 0x3FFFF, 0, 1187.5),
        new("VideoPinball", 0x01C3F, 16256.9, 17667.9),
        new("WizardOfWor", 0x03C3F, 563.5, 4756.5),
        new("YarsRevenge", 0x3FFFF, 3092.9, 54576.9),
        new("Zaxxon", 0x3FFFF, 32.5, 9173.3),
        new("Adventure", 18),
        new("AirRaid", 6),
        new("Atlantis2", 4),
        new("Backgammon", 3),
        new("BasicMath", 6),
        new("Blackjack", 4),
        new("Carnival", 6),
        new("Casino", 4),
        new("Crossbow", 18),
        new("Darkchambers", 18),
        new("DonkeyKong", 18),
        new("Earthworld", 18),
        new("ElevatorAction", 18),
        new("Entombed", 18),
        new("Et", 18),
        new("FlagCapture", 18),
        new("Frogger", 5),
        new("Galaxian", 6),
        new("Hangman", 18),
        new("HauntedHouse", 18),
        new("HumanCannonball", 18),
        new("JourneyEscape", 16),
        new("Kaboom", 4),
        new("KeystoneKapers", 14),
        new("KingKong", 6),
        new("Klax", 18),
        new("Koolaid", 9),
        new("LaserGates", 18),
        new("LostLuggage", 9),
        new("MarioBros", 18),
        new("MiniatureGolf", 18),
        new("MrDo", 10),
        new("Othello", 10),
        new("Pacman", 5),
        new("Pitfall2", 18),
        new("Pooyan", 6),
        new("SirLancelot", 6),
        new("SpaceWar", 18),
        new("Superman", 18),
        new("Tetris", 5),
        new("TicTacToe3D", 10),
        new("Trondead", 18),
        new("Turmoil", 12),
        new("VideoCheckers", 5),
        new("VideoChess", 10),
        new("VideoCube", 18),
        new("WordZapper", 18),
    ];

    /// <summary>Ids of all games, <c>ALE/Pong-v5</c>.</summary>
    public static IEnumerable<string> Ids => All.Select(game => game.Id);

    /// <summary>The id of the same game without the end of episodes where a life is lost, so that an episode's return is the game's score; other ids as they are.</summary>
    /// <remarks>What a server elsewhere decided by itself stays unknown.</remarks>
    public static string WithWholeGames(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (Find(id) is null)
        {
            return id;
        }
        if (RemoteId.IsRemote(id))
        {
            return id.Replace("life_loss=true", "life_loss=false", StringComparison.Ordinal); // an argument of the wrapper
        }
        string name = EnvironmentId.NameOf(id);
        IEnumerable<string> options = id[name.Length..]
            .TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Where(option => !option.Equals("life_loss=on", StringComparison.OrdinalIgnoreCase));
        string rest = string.Join('&', options);
        return rest.Length == 0 ? name : $"{name}?{rest}";
    }

    /// <summary>Whether an id is a game's, and no other environment's that plays one.</summary>
    internal static bool IsGame(string id) => id.StartsWith("ALE/", StringComparison.Ordinal) && Find(id) is not null;

    /// <summary>The game of an id, with or without options, scheme and address; null where it is none.</summary>
    public static AtariGame? Find(string id)
    {
        string name = EnvironmentId.NameOf(RemoteId.IsRemote(id) ? RemoteId.NameBehind(id) : id);
        return All.FirstOrDefault(game => game.Id == name);
    }
}
