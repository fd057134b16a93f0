using Protos.Foreign;

namespace Cli.Fleet;

/// <summary>Where a fleet's token comes from: a file, or the variable AGENTS_TOKEN; never the command line, which others can read.</summary>
internal static class Secrets
{
    public const string Variable = "AGENTS_TOKEN";

    /// <summary>The token, or null where none is set.</summary>
    /// <param name="file">A file that holds it; null for the variable.</param>
    /// <param name="variable">The variable.</param>
    /// <exception cref="IOException">The file cannot be read, or holds no token.</exception>
    public static string? ReadToken(string? file, string variable = Variable)
    {
        if (file is not null)
        {
            return TokenFiles.Read(file);
        }
        string? token = Environment.GetEnvironmentVariable(variable);
        return string.IsNullOrWhiteSpace(token) ? null : token.Trim();
    }
}
