using Agents.Yaml;
using Environments;

namespace Studies.Claims;

/// <summary>The claims that travel with this library, from <c>Experiments/claims/</c>, and files of the user's own.</summary>
internal static class ClaimLibrary
{
    private const string Prefix = "Experiments/claims/";
    private const string Suffix = ".yaml";

    /// <summary>Names of the claims, in order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(ClaimLibrary)
            .Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(Suffix, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..^Suffix.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Reads a claim by its name, or a file that ends in <c>.yaml</c> or <c>.yml</c>.</summary>
    /// <returns>Its name, which files are called by, and the claim.</returns>
    /// <exception cref="UnknownNameException">There is none of that name.</exception>
    /// <exception cref="SettingsException">A key is unknown or a value is not possible.</exception>
    public static (string Name, Claim Claim) Load(string nameOrFile)
    {
        if (Path.GetExtension(nameOrFile) is Suffix or ".yml")
        {
            return (Path.GetFileNameWithoutExtension(nameOrFile), ReadFile(nameOrFile));
        }
        using Stream stream =
            typeof(ClaimLibrary).Assembly.GetManifestResourceStream(Prefix + nameOrFile + Suffix)
            ?? throw new UnknownNameException(
                $"There is no claim '{nameOrFile}'.{NearestName.Suggest(nameOrFile, Names)} Known: {string.Join(", ", Names)}; or give a .yaml file of your own."
            );
        using var reader = new StreamReader(stream);
        return (nameOrFile, Parse(reader.ReadToEnd(), $"claim {nameOrFile}"));
    }

    /// <summary>Reads the text of a claim.</summary>
    /// <exception cref="SettingsException">A key is unknown or a value is not possible.</exception>
    public static Claim Parse(string text, string source) => StrictYaml.Bind<Claim>(StrictYaml.Parse(text, source), source);

    private static Claim ReadFile(string path) => StrictYaml.Bind<Claim>(StrictYaml.ReadFile(path, "claim"), path);
}
