using System.Security.Cryptography;
using System.Text;

namespace Environments.Remote;

/// <summary>Where the socket between this process and its Python lies.</summary>
internal static class SocketFolder
{
    private const int LongestSocketPath = 103; // bytes; macOS has room for no more, Linux for four others

    /// <summary>The socket in a folder.</summary>
    public static string SocketIn(string folder) => Path.Combine(folder, "socket");

    /// <summary>A new folder of this user's alone whose sockets have short enough paths; below <c>TMPDIR</c> where that allows it, else below another.</summary>
    /// <param name="temporary">Folder that is preferred.</param>
    /// <param name="fallback">Folder where that one is missing or its path too long.</param>
    /// <exception cref="IOException">Neither folder will do.</exception>
    public static string Create(string temporary, string fallback = "/tmp")
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("Sockets of Windows have no folder.");
        }
        string name = $"agents-bridge-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        var reasons = new List<string>();
        foreach (string parent in (string[])[temporary, fallback])
        {
            string folder = Path.GetFullPath(Path.Combine(parent, name));
            if (Encoding.UTF8.GetByteCount(SocketIn(folder)) > LongestSocketPath)
            {
                reasons.Add($"{parent} is too long for a socket's path, of which the system takes {LongestSocketPath} bytes");
            }
            else if (!Directory.Exists(parent))
            {
                reasons.Add($"{parent} does not exist");
            }
            else
            {
                try
                {
                    return Directory
                        .CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
                        .FullName;
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    reasons.Add($"{parent} cannot be written: {exception.Message.TrimEnd('.')}");
                }
            }
        }
        throw new IOException(
            $"There is no folder for the socket to Python ({string.Join("; ", reasons)}). Set the variable TMPDIR to a short folder that you may write to."
        );
    }
}
