using System.Text;
using Environments.Randomness;

namespace Chaos.Artefacts;

/// <summary>Damages bytes and text as accidents and strangers do.</summary>
/// <param name="ids">Ids of environments that ask for code and connections.</param>
/// <param name="seed">Seed of all that is drawn.</param>
internal sealed class Mutator(IReadOnlyList<string> ids, ulong seed)
{
    private const int LongestScalar = 200_000;
    private const int MostLevels = 300;

    private static readonly string[] Words =
    [
        "",
        "~",
        ".nan",
        ".inf",
        "-.inf",
        "1e400",
        "-1",
        "0",
        "0.5",
        "2147483647",
        "-2147483649",
        "99999999999999999999999",
        "true",
        "\"",
        "'",
        "|",
        ">",
        "- ",
        "? ",
        ": ",
        "{",
        "[",
        "}",
        "]",
        "{- .inf",
        "\t",
        "&a",
        "*a",
        "!!binary",
        "!!python/object:os.system",
        "%YAML 9.9",
        "---",
        "...",
        "\u001b[2J\u001b]0;title\u0007",
        "\u202egnp.exe",
        "\0",
        "\ud800",
        "../../x",
        "/dev/zero",
        "/etc/passwd",
        "<<",
        "[1, 2",
        "CartPole-v1?a=b",
        "Memory/Recall-v0",
    ];

    private Pcg64 _random = new(seed);

    /// <summary>A number in [0, <paramref name="count"/>).</summary>
    public int Next(int count) => _random.NextInt(0, count);

    /// <summary>One of some things.</summary>
    public T Pick<T>(IReadOnlyList<T> things) => things[Next(things.Count)];

    /// <summary>64 random bits.</summary>
    public ulong Bits() => _random.NextUInt64();

    /// <summary>Text with one to three wounds.</summary>
    public string Damage(string text)
    {
        for (int wounds = 1 + Next(3); wounds > 0; wounds--)
        {
            text = Next(8) switch
            {
                0 => Encoding.Latin1.GetString(Damage(Encoding.Latin1.GetBytes(text))),
                1 => Insert(text, Pick(Words)),
                2 => Insert(text, new string(Pick(["a", "9", " ", "é", "-"])[0], Next(LongestScalar))),
                3 => Insert(text, "\nx: " + string.Concat(Enumerable.Repeat(Pick(["[", "{a: ", "? "]), Next(MostLevels)))),
                4 => Lines(text),
                _ => Value(text),
            };
        }
        return text;
    }

    /// <summary>Bytes with one to eight wounds, or cut, or lengthened.</summary>
    public byte[] Damage(byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            return [(byte)Next(256)];
        }
        switch (Next(6))
        {
            case 0:
                return bytes[..Next(bytes.Length)];
            case 1:
                return [.. bytes, .. bytes.AsSpan(0, Next(bytes.Length))];
            case 2:
                int from = Next(bytes.Length);
                int to = from + Next(bytes.Length - from);
                return [.. bytes.AsSpan(0, from), .. bytes.AsSpan(to)];
            default:
                byte[] damaged = [.. bytes];
                // Half of the damage strikes the front, where the sizes are.
                int front = Math.Min(damaged.Length, 100);
                for (int i = 1 + Next(8); i > 0; i--)
                {
                    damaged[Next(Next(2) == 0 ? front : damaged.Length)] = (byte)Next(256);
                }
                return damaged;
        }
    }

    private string Insert(string text, string word) => text.Insert(Next(text.Length + 1), word);

    // A line less, twice, or in another place.
    private string Lines(string text)
    {
        List<string> lines = [.. text.Split('\n')];
        int line = Next(lines.Count);
        string taken = lines[line];
        if (Next(3) > 0)
        {
            lines.RemoveAt(line);
        }
        if (Next(3) > 0)
        {
            lines.Insert(Next(lines.Count + 1), taken);
        }
        return string.Join('\n', lines);
    }

    // Another value behind a key: the whole stays a document, and gets further.
    private string Value(string text)
    {
        string[] lines = text.Split('\n');
        int line = Next(lines.Length);
        int colon = lines[line].IndexOf(':', StringComparison.Ordinal);
        if (colon < 0)
        {
            return Insert(text, Pick(Words));
        }
        string key = lines[line][..(colon + 1)];
        bool isEnvironment = key.Contains("environment", StringComparison.Ordinal);
        lines[line] = $"{key} {(isEnvironment || Next(6) == 0 ? Quoted(Pick(ids)) : Pick(Words))}";
        return string.Join('\n', lines);
    }

    private static string Quoted(string id) => $"'{id}'";
}
