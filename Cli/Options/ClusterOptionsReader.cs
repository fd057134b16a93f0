using System.CommandLine;
using Cli.Fleet;
using Studies.Cluster.Joining;

namespace Cli.Options;

/// <summary>The options of every command that joins a cluster of workers or has one train: which, and the secrets that let in.</summary>
/// <param name="isRequired">Whether the command does nothing without a cluster.</param>
internal sealed class ClusterOptionsReader(bool isRequired)
{
    /// <summary>The variable that the table's password can be in.</summary>
    public const string PasswordVariable = "AGENTS_CLUSTER_PASSWORD";

    private readonly Option<string?> _cluster = new("--cluster")
    {
        Description = "Table of the cluster, in Redis: redis://127.0.0.1:6379, or rediss://host:port where it is encrypted.",
        Required = isRequired,
    };
    private readonly Option<string> _name = new("--cluster-name")
    {
        Description = "Name of the cluster: several can share a table.",
        DefaultValueFactory = _ => ClusterOptions.UsualName,
    };
    private readonly Option<string?> _passwordFile = new("--cluster-password-file")
    {
        Description = $"File with the password of the table; the variable {PasswordVariable} works too.",
    };
    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = $"File with the secret of the workers' ports; the variable {Secrets.Variable} works too.",
    };
    private readonly Option<string?> _certificate = new("--certificate")
    {
        Description = "PEM file of the server's certificate that workers and studies show each other.",
    };
    private readonly Option<string?> _key = new("--key") { Description = "PEM file of its key." };
    private readonly Option<string?> _authority = new("--ca") { Description = "PEM file of the authority that issued it." };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_cluster, _name, _passwordFile, _tokenFile, _certificate, _key, _authority])
        {
            command.Add(option);
        }
    }

    /// <summary>What the command line says; null where it names no cluster.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="log">Receives what happens in the cluster, a line each.</param>
    /// <exception cref="ArgumentException">The address is none, or holds a password.</exception>
    /// <exception cref="IOException">A file with a secret cannot be read.</exception>
    public ClusterOptions? Read(ParseResult parsed, Action<string> log)
    {
        if (parsed.GetValue(_cluster) is not { } address)
        {
            return null;
        }
        return new ClusterOptions
        {
            Address = ClusterAddress.Parse(address),
            Name = parsed.GetValue(_name)!,
            Password = Secrets.ReadToken(parsed.GetValue(_passwordFile), PasswordVariable),
            Token = Secrets.ReadToken(parsed.GetValue(_tokenFile)),
            CertificateFile = parsed.GetValue(_certificate),
            KeyFile = parsed.GetValue(_key),
            AuthorityFile = parsed.GetValue(_authority),
            Log = log,
        };
    }
}
