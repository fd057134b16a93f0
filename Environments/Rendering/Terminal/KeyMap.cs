using Environments.Spaces;

namespace Environments.Rendering.Terminal;

/// <summary>Which key takes which action: arrows for actions named after directions, else a letter of the name; digits for all.</summary>
internal sealed class KeyMap
{
    private static readonly Dictionary<string, (ConsoleKey Key, string Shown)> Directions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["left"] = (ConsoleKey.LeftArrow, "←"),
        ["right"] = (ConsoleKey.RightArrow, "→"),
        ["up"] = (ConsoleKey.UpArrow, "↑"),
        ["down"] = (ConsoleKey.DownArrow, "↓"),
        ["west"] = (ConsoleKey.LeftArrow, "←"),
        ["east"] = (ConsoleKey.RightArrow, "→"),
        ["north"] = (ConsoleKey.UpArrow, "↑"),
        ["south"] = (ConsoleKey.DownArrow, "↓"),
        ["forward"] = (ConsoleKey.UpArrow, "↑"),
        ["fire"] = (ConsoleKey.Spacebar, "space"),
    };

    private readonly Dictionary<ConsoleKey, int> _byKey = [];
    private readonly Dictionary<char, int> _byCharacter = [];
    private readonly List<string> _descriptions = [];

    /// <summary>The keys of an environment.</summary>
    /// <exception cref="NotSupportedException">Its actions are not single numbers.</exception>
    public KeyMap(EnvironmentSpec spec)
    {
        if (spec.ActionSpace is not Discrete discrete)
        {
            throw new NotSupportedException(
                $"{spec.Id} takes {spec.ActionSpace}; only tasks with a discrete action can be played with keys. 'agents environments' lists all."
            );
        }
        for (int action = 0; action < discrete.Count; action++)
        {
            string name = action < spec.ActionNames.Count ? spec.ActionNames[action] : "";
            List<string> keys = [];
            if (
                Directions.TryGetValue(LastWord(name), out (ConsoleKey Key, string Shown) arrow)
                && _byKey.TryAdd(arrow.Key, action)
            )
            {
                keys.Add(arrow.Shown);
            }
            else if (name.Length > 0 && FreeLetter(name) is { } letter)
            {
                _byCharacter.Add(letter, action);
                keys.Add(letter.ToString());
            }
            if (action < 10)
            {
                _byCharacter.Add((char)('0' + action), action);
                keys.Add(action.ToString(System.Globalization.CultureInfo.InvariantCulture));
            }
            else if (keys.Count == 0 && FreeLetter("abcdefghijklmnoprstuvwxyz") is { } other)
            {
                _byCharacter.Add(other, action);
                keys.Add(other.ToString());
            }
            if (keys.Count > 0)
            {
                _descriptions.Add($"{string.Join("/", keys)} {(name.Length > 0 ? name : $"action {action}")}");
            }
        }
    }

    /// <summary>One line for people.</summary>
    public string Description => string.Join("   ", _descriptions) + "   q quit";

    /// <summary>The action of a key; null where it has none.</summary>
    public int? ActionOf(ConsoleKeyInfo key) =>
        _byKey.TryGetValue(key.Key, out int action) || _byCharacter.TryGetValue(char.ToLowerInvariant(key.KeyChar), out action)
            ? action
            : null;

    /// <summary>Whether a key ends the game.</summary>
    public static bool IsQuit(ConsoleKeyInfo key) => key.KeyChar is 'q' or 'Q' || key.Key == ConsoleKey.Escape;

    private static string LastWord(string name) => name.Split(' ', '-', '_')[^1]; // as in "turn left"

    private char? FreeLetter(string name)
    {
        foreach (char character in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetter(character) && character != 'q' && !_byCharacter.ContainsKey(character))
            {
                return character;
            }
        }
        return null;
    }
}
