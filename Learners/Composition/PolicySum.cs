using Agents.Policies;
using Agents.Yaml;

namespace Learners.Composition;

/// <summary>Holds settings that name a saved policy to the weights that lie there.</summary>
internal static class PolicySum
{
    /// <summary>The sum of a policy's weights.</summary>
    /// <param name="path">Folder of the policy, or of a run.</param>
    /// <param name="expected">SHA-256 in hexadecimal; null for any.</param>
    /// <param name="key">Where the settings stand, for messages.</param>
    /// <exception cref="PolicyFormatException">There is no policy.</exception>
    /// <exception cref="SettingsException">Other weights were asked for.</exception>
    public static string Require(string path, string? expected, string key)
    {
        string found = PolicyFiles.Describe(path).WeightsSha256;
        return expected is null || string.Equals(expected, found, StringComparison.OrdinalIgnoreCase)
            ? found
            : throw new SettingsException(
                $"{key}: '{path}' has the weights {Short(found)}…, and weights_sha256 asks for {Short(expected)}…: it was saved again since. Give the policy that is meant, or leave weights_sha256 out."
            );
    }

    private static string Short(string hash) => hash[..Math.Min(12, hash.Length)];
}
