namespace Protos.Foreign;

/// <summary>Files that hold a token and nothing else.</summary>
internal static class TokenFiles
{
    private const int LargestFile = 64 << 10;

    /// <summary>The token of a file. One without a token is an error, since whoever names a file wants to be asked for what is in it.</summary>
    /// <exception cref="IOException">The file is missing, no plain file, too large, or holds no token.</exception>
    public static string Read(string path)
    {
        string token;
        try
        {
            token = PlainFile.ReadText(path, LargestFile).Trim();
        }
        catch (Exception exception) when (DiskFailure.IsOne(exception))
        {
            throw new IOException(
                $"The token file cannot be read. {exception.Message} 'openssl rand -hex 32 > FILE' makes one.",
                exception
            );
        }
        if (token.Length == 0)
        {
            throw new IOException(
                $"The token file '{path}' is empty. Put a token into it, such as the output of 'openssl rand -hex 32'."
            );
        }
        return token.Any(letter => char.IsControl(letter) || letter > '~')
            ? throw new IOException($"The token file '{path}' holds more than a token: one line of plain characters is expected.")
            : token;
    }
}
