using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Protos.Foreign;

namespace Protos.Fleet;

/// <summary>Makes a private authority with one server and one client certificate, as PEM files, and reads such files.</summary>
public static class CertificateFiles
{
    private const int LargestFile = 1 << 20;

    /// <summary>A certificate with its key.</summary>
    /// <param name="certificateFile">PEM file of the certificate.</param>
    /// <param name="keyFile">PEM file of the key; null where the certificate's file holds it.</param>
    /// <exception cref="ArgumentException">A file is no such thing, or the key is another certificate's.</exception>
    internal static X509Certificate2 ReadPair(string certificateFile, string? keyFile)
    {
        string certificate = ReadFile(certificateFile);
        string key = keyFile is null ? certificate : ReadFile(keyFile);
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new ArgumentException(
                $"'{certificateFile}' and '{keyFile ?? certificateFile}' are no certificate and its key in PEM form ({ForeignText.Show(exception.Message)}). 'agents certificates' makes both.",
                exception
            );
        }
    }

    /// <summary>The certificate of an authority.</summary>
    /// <exception cref="ArgumentException">The file is none.</exception>
    internal static X509Certificate2 ReadAuthority(string file)
    {
        string text = ReadFile(file);
        try
        {
            return X509Certificate2.CreateFromPem(text);
        }
        catch (Exception exception) when (exception is CryptographicException or ArgumentException)
        {
            throw new ArgumentException(
                $"'{file}' is no certificate in PEM form ({ForeignText.Show(exception.Message)}). 'agents certificates' makes one.",
                exception
            );
        }
    }

    private static string ReadFile(string path)
    {
        try
        {
            return PlainFile.ReadText(path, LargestFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ArgumentException(
                $"A certificate or key cannot be read. {exception.Message} 'agents certificates' makes them.",
                exception
            );
        }
    }

    /// <summary>Writes <c>ca.pem</c>, <c>learner.pem</c>, <c>learner-key.pem</c>, <c>actor.pem</c>, <c>actor-key.pem</c>, and <c>worker.pem</c> and <c>worker-key.pem</c> for clusters of studies; the authority's key is not kept.</summary>
    /// <param name="folder">Destination, made if missing.</param>
    /// <param name="hosts">Names and IP addresses under which the learner is reached.</param>
    /// <param name="now">Start of validity.</param>
    /// <param name="validity">How long the certificates are valid.</param>
    /// <exception cref="IOException">A file exists already, or cannot be written.</exception>
    public static void Create(string folder, IReadOnlyList<string> hosts, DateTimeOffset now, TimeSpan validity)
    {
        DiskFailure.CreateFolder(folder);
        string[] names = ["ca.pem", "learner.pem", "learner-key.pem", "actor.pem", "actor-key.pem"];
        if (names.FirstOrDefault(name => File.Exists(Path.Combine(folder, name))) is { } existing)
        {
            throw new IOException(
                $"'{Path.Combine(folder, existing)}' exists; remove the old certificates or choose another --out."
            );
        }
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=agents authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        DateTimeOffset from = now.AddMinutes(-5); // clocks of two machines differ
        using X509Certificate2 authority = request.CreateSelfSigned(from, now + validity);
        WriteText(Path.Combine(folder, "ca.pem"), authority.ExportCertificatePem() + "\n");
        Issue(authority, folder, "learner", [CertificateChains.ServerPurpose], hosts, from, now + validity);
        Issue(authority, folder, "actor", [CertificateChains.ClientPurpose], [], from, now + validity);
        // A worker of a cluster serves other workers, and is their client, too.
        Issue(
            authority,
            folder,
            "worker",
            [CertificateChains.ServerPurpose, CertificateChains.ClientPurpose],
            hosts,
            from,
            now + validity
        );
    }

    private static void Issue(
        X509Certificate2 authority,
        string folder,
        string name,
        string[] purposes,
        IReadOnlyList<string> hosts,
        DateTimeOffset from,
        DateTimeOffset to
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN=agents {name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([.. purposes.Select(purpose => new Oid(purpose))], false)
        );
        if (hosts.Count > 0)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (string host in hosts)
            {
                if (IPAddress.TryParse(host, out IPAddress? address))
                {
                    alternatives.AddIpAddress(address);
                }
                else
                {
                    alternatives.AddDnsName(host);
                }
            }
            request.CertificateExtensions.Add(alternatives.Build());
        }
        using X509Certificate2 certificate = request.Create(authority, from, to, RandomNumberGenerator.GetBytes(8));
        WriteText(Path.Combine(folder, name + ".pem"), certificate.ExportCertificatePem() + "\n");
        string keyFile = Path.Combine(folder, name + "-key.pem");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using FileStream stream = DiskFailure.Writing(keyFile, () => new FileStream(keyFile, options));
        stream.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n"));
    }

    private static void WriteText(string path, string text) => DiskFailure.Writing(path, () => File.WriteAllText(path, text));
}
