using Agents.Yaml;
using Studies.Plotting;

namespace Cli.Options;

/// <summary>Files of pictures on the command line.</summary>
internal static class PictureOption
{
    /// <summary>Checks that a picture can be written under a name.</summary>
    /// <param name="option">Option that gave it.</param>
    /// <param name="path">File.</param>
    /// <exception cref="SettingsException">It ends in no format of pictures.</exception>
    public static void Require(string option, string path)
    {
        if (!CurvePlot.Formats.Contains(Path.GetExtension(path).ToLowerInvariant()))
        {
            throw new SettingsException($"{option} is '{path}', but must end in {string.Join(" or ", CurvePlot.Formats)}.");
        }
    }
}
