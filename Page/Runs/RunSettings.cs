using Learners.Runs;
using Protos.Foreign;
using Studies.Plotting;

namespace Page.Runs;

/// <summary>Settings of a run, in the bounds of what a page can show.</summary>
internal static class RunSettings
{
    private const int LargestFile = 256 << 10;
    private const int MostKeys = 2_000;

    /// <summary>Reads them, by key.</summary>
    /// <exception cref="InvalidDataException">The file is too large for settings of a run, or names no environment or no agent.</exception>
    /// <exception cref="Agents.Yaml.SettingsException">The file is no YAML.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SortedDictionary<string, string> Read(string folder)
    {
        using (FileStream file = PlainFile.OpenIn(folder, RunFolder.ConfigName))
        {
            Require(file.Length <= LargestFile, folder);
        }
        SortedDictionary<string, string> settings = FlatSettings.Read(folder);
        Require(settings.Count <= MostKeys, folder);
        return settings;
    }

    private static void Require(bool isSmall, string folder)
    {
        if (!isSmall)
        {
            throw new InvalidDataException(
                $"'{Path.Combine(folder, RunFolder.ConfigName)}' has more than {LargestFile} bytes or {MostKeys} keys, so it is not a run's."
            );
        }
    }
}
