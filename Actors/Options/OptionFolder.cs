using Agents.Policies;
using Agents.Yaml;
using Environments.Wrappers;

namespace Actors.Options;

/// <summary>Finds the policies that settings of options name, and holds the settings to their weights.</summary>
internal static class OptionFolder
{
    private const string Key = "wrappers.options";

    /// <summary>The same settings, with the sums of the weights that lie there now.</summary>
    /// <exception cref="SettingsException">There are no policies, or other ones than were asked for.</exception>
    public static OptionSettings Pinned(OptionSettings options)
    {
        IReadOnlyList<string> folders = Find(options);
        string[] sums = [.. folders.Select(SumOf)];
        if (options.WeightsSha256 is { } expected)
        {
            Require(options, folders, sums, expected);
        }
        return options with { WeightsSha256 = sums };
    }

    /// <summary>Folders of the policies, in order.</summary>
    /// <exception cref="SettingsException">There are none.</exception>
    public static IReadOnlyList<string> Find(OptionSettings options)
    {
        string[] folders =
            IsPolicy(options.Path) ? [options.Path]
            : Directory.Exists(options.Path) ? Within(options.Path)
            : [];
        return folders.Length > 0
            ? [.. folders.Select(PolicyFolder.Find)]
            : throw new SettingsException(
                $"{Key}: '{options.Path}' holds no policies. Give a folder of runs or of saved policies, or train them."
            );
    }

    private static string[] Within(string path) =>
        [.. Directory.EnumerateDirectories(path).Where(IsPolicy).Order(StringComparer.Ordinal)];

    private static bool IsPolicy(string folder) =>
        File.Exists(System.IO.Path.Combine(PolicyFolder.Find(folder), SavedPolicy.DescriptionFile));

    private static string SumOf(string folder)
    {
        try
        {
            return PolicyFiles.Describe(folder).WeightsSha256;
        }
        catch (PolicyFormatException exception)
        {
            throw new SettingsException($"{Key}: {exception.Message}", exception);
        }
    }

    private static void Require(OptionSettings options, IReadOnlyList<string> folders, string[] found, string[] expected)
    {
        if (found.Length != expected.Length)
        {
            throw new SettingsException(
                $"{Key}: '{options.Path}' holds {found.Length} policies, and {expected.Length} were chosen among in training. Put there what was, and nothing else, or train again."
            );
        }
        for (int i = 0; i < found.Length; i++)
        {
            if (!string.Equals(found[i], expected[i], StringComparison.OrdinalIgnoreCase))
            {
                throw new SettingsException(
                    $"{Key}: policy {i}, '{folders[i]}', has the weights {Short(found[i])}…, and weights_sha256 asks for {Short(expected[i])}…: it is another one than was chosen among in training. Put that one back, or train again."
                );
            }
        }
    }

    private static string Short(string hash) => hash[..Math.Min(12, hash.Length)];
}
