using System.Security.Cryptography;
using System.Text;
using Protos.Foreign;

namespace Environments;

/// <summary>The parts of an id, <c>Namespace/Name-vN?key=value&amp;key=value</c>, and its form in file names.</summary>
internal static class EnvironmentId
{
    private const int LongestFolderName = 200; // bytes; file systems take 255
    private const int HashBytes = 8;

    /// <summary>The id without its options.</summary>
    public static string NameOf(string id)
    {
        int query = id.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? id : id[..query];
    }

    /// <summary>
    /// The id with commas in place of <c>?</c> and <c>&amp;</c>, which file systems and shells treat specially:
    /// <c>Name-v0,key=value,key=value</c>. Slashes stay.
    /// </summary>
    public static string ToFileName(string id) => id.Replace('?', ',').Replace('&', ',');

    /// <summary>
    /// The id as the name of one folder, at most 200 bytes long: of a longer one the beginning, and a hash of the whole. For
    /// <c>Name-v0?key=value</c> it is <c>Name-v0,key=value</c>.
    /// </summary>
    public static string ToFolderName(string id)
    {
        string name = ToFileName(id).Replace("://", "-", StringComparison.Ordinal).Replace('/', '-').Replace(':', '-');
        if (Encoding.UTF8.GetByteCount(name) <= LongestFolderName)
        {
            return name;
        }
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, HashBytes));
        int kept = name.Length;
        while (Encoding.UTF8.GetByteCount(name.AsSpan(0, kept)) > LongestFolderName - 1 - 2 * HashBytes)
        {
            kept -= char.IsLowSurrogate(name[kept - 1]) ? 2 : 1;
        }
        return $"{name[..kept]}-{hash}";
    }

    /// <summary>The id that <see cref="ToFileName"/> was given.</summary>
    public static string FromFileName(string name)
    {
        int comma = name.IndexOf(',', StringComparison.Ordinal);
        return comma < 0 ? name : name[..comma] + '?' + name[(comma + 1)..].Replace(',', '&');
    }

    /// <summary>Values of the options that an id gives, and the id in canonical form: options in declared order, values as they are written back.</summary>
    /// <exception cref="UnknownNameException">An option is unknown.</exception>
    /// <exception cref="InvalidOptionException">A value is missing, given twice or out of its range.</exception>
    public static (string Id, EnvironmentOptions Values) Resolve(string id, IReadOnlyList<EnvironmentOption> options)
    {
        string name = NameOf(id);
        var given = new Dictionary<string, string>();
        string query = id[name.Length..].TrimStart('?');
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? part : part[..equals];
            EnvironmentOption option = options.FirstOrDefault(option => option.Name == key) ?? throw Unknown(name, key, options);
            string text = equals < 0 ? "" : part[(equals + 1)..];
            string value =
                option.Canonical(text)
                ?? throw new InvalidOptionException(
                    $"{name} cannot take {key}={ForeignText.Show(text)}: {key} is {Describe(option)}."
                );
            if (!given.TryAdd(key, value))
            {
                throw new InvalidOptionException($"'{ForeignText.Show(id)}' gives {key} twice. Give it once.");
            }
        }
        string canonical = string.Join(
            '&',
            options.Where(option => given.ContainsKey(option.Name)).Select(option => $"{option.Name}={given[option.Name]}")
        );
        foreach (EnvironmentOption option in options)
        {
            given.TryAdd(option.Name, option.Default);
        }
        return (canonical.Length == 0 ? name : $"{name}?{canonical}", new EnvironmentOptions(given));
    }

    private static UnknownNameException Unknown(string name, string key, IReadOnlyList<EnvironmentOption> options)
    {
        if (options.Count == 0)
        {
            return new UnknownNameException($"{name} has no options, so '{ForeignText.Show(key)}' cannot be set.");
        }
        string? nearest = NearestName.Find(key, options.Select(option => option.Name));
        string hint = nearest is null
            ? $" Its options: {string.Join("; ", options.Select(option => $"{option.Name}, {Describe(option)}"))}."
            : $" Did you mean '{nearest}', {Describe(options.First(option => option.Name == nearest))}?";
        return new UnknownNameException($"{name} has no option '{ForeignText.Show(key)}'.{hint}");
    }

    private static string Describe(EnvironmentOption option) =>
        option.Range.Contains(" to ", StringComparison.Ordinal) || !option.Range.Contains(", ", StringComparison.Ordinal)
            ? $"{option.Range} (default {option.Default})"
            : $"one of {option.Range} (default {option.Default})";
}
