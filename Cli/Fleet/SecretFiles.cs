using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Protos.Fleet;
using Protos.Foreign;

namespace Cli.Fleet;

/// <summary>The certificates and the token of one fleet: a folder for the learner and, where wanted, one with what actors need.</summary>
internal static class SecretFiles
{
    /// <summary>All that is made.</summary>
    public static readonly string[] All =
    [
        "ca.pem",
        "learner.pem",
        "learner-key.pem",
        "actor.pem",
        "actor-key.pem",
        "worker.pem",
        "worker-key.pem",
        "token",
    ];

    /// <summary>What actors and those who watch need; the learner's key is not among it.</summary>
    public static readonly string[] ForActors = ["ca.pem", "actor.pem", "actor-key.pem", "token"];

    private const int LargestFile = 1 << 20;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether every file is there.</summary>
    public static bool Exist(string folder, string? actors) =>
        All.All(file => File.Exists(Path.Combine(folder, file)))
        && (actors is null || ForActors.All(file => File.Exists(Path.Combine(actors, file))));

    /// <summary>Until when the learner's certificate is valid.</summary>
    public static DateTimeOffset ValidUntil(string folder)
    {
        using X509Certificate2 certificate = CertificateFiles.ReadAuthority(Path.Combine(folder, "learner.pem"));
        return certificate.NotAfter;
    }

    /// <summary>Makes them.</summary>
    /// <param name="folder">Destination of all, readable by the owner only.</param>
    /// <param name="actors">Second destination of the actors' part, which the group may read too; null for none.</param>
    /// <param name="hosts">Names and addresses of the learner.</param>
    /// <param name="validity">How long the certificates are valid.</param>
    /// <exception cref="IOException">A file exists already, or cannot be written.</exception>
    public static void Create(string folder, string? actors, IReadOnlyList<string> hosts, TimeSpan validity)
    {
        CertificateFiles.Create(folder, hosts, TimeProvider.System.GetUtcNow(), validity);
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) + "\n";
        Write(Path.Combine(folder, "token"), token, OwnerOnly);
        if (actors is null)
        {
            return;
        }
        DiskFailure.CreateFolder(actors);
        foreach (string file in ForActors)
        {
            Write(
                Path.Combine(actors, file),
                PlainFile.ReadText(Path.Combine(folder, file), LargestFile),
                OwnerOnly | UnixFileMode.GroupRead
            );
        }
    }

    private static void Write(string path, string text, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }
        using StreamWriter writer = DiskFailure.Writing(
            path,
            () =>
            {
                File.Delete(path); // a mode is only given to new files
                return new StreamWriter(path, options);
            }
        );
        writer.Write(text);
    }
}
