using Fleet.Hosting;

namespace Studies.Cluster.Joining;

/// <summary>Which cluster, and the secrets that let in. The same for workers and for studies. Immutable.</summary>
internal sealed record ClusterOptions
{
    /// <summary>Name of a cluster where none is given.</summary>
    public const string UsualName = "agents-study";

    /// <summary>Where its table is.</summary>
    public required ClusterAddress Address { get; init; }

    /// <summary>Password of the table; null for none, which only an address of this machine allows.</summary>
    public string? Password { get; init; }

    /// <summary>Its name: clusters of several names can share a table.</summary>
    public string Name { get; init; } = UsualName;

    /// <summary>PEM file of the certificate that silos, workers and studies show each other; null for this machine alone.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of its key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>PEM file of the authority that issued it.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>Secret of the workers' ports; null for none, which only addresses of this machine allow.</summary>
    public string? Token { get; init; }

    /// <summary>Receives what happens, a line each, from any thread.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Whether connections of the cluster are encrypted.</summary>
    public bool IsEncrypted => CertificateFile is not null;

    /// <summary>Tells a line.</summary>
    public void Tell(string line) => Log?.Invoke(line);

    /// <summary>Checks that the options keep strangers out.</summary>
    /// <exception cref="ArgumentException">They would not, or a file is missing.</exception>
    public void Check()
    {
        if (!Address.IsLocal && Password is null)
        {
            throw new ArgumentException(
                $"{Address} is not on this machine, and no password is given, so that anybody who reaches it could change who does what. Give Redis a password (requirepass), and name its file with --cluster-password-file or set AGENTS_CLUSTER_PASSWORD."
            );
        }
        if (!Address.IsLocal && (!Address.IsSecure || CertificateFile is null))
        {
            throw new ArgumentException(
                $"{Address} is not on this machine: its connections have to be encrypted, or the password and who does what could be read and changed on the way. Give Redis a certificate and write rediss://, and give --certificate, --key and --ca; 'agents certificates' makes them."
            );
        }
        string?[] files = [CertificateFile, KeyFile, AuthorityFile];
        if (Array.Exists(files, file => file is null) && Array.Exists(files, file => file is not null))
        {
            throw new ArgumentException(
                "A cluster's connections are encrypted with three PEM files: --certificate, --key and --ca. Give all of them, or none. 'agents certificates' makes them."
            );
        }
        foreach (string? file in files)
        {
            if (file is not null && !File.Exists(file))
            {
                throw new ArgumentException($"There is no file '{file}'. 'agents certificates' makes certificates.");
            }
        }
        if (Token is { Length: < ListenRules.MinTokenLength })
        {
            throw new ArgumentException(
                $"A token of {Token.Length} characters can be guessed; use {ListenRules.MinTokenLength} or more, such as the output of 'openssl rand -hex 32'."
            );
        }
    }
}
