using System.CommandLine;
using Cli.Fleet;
using Fleet.Hosting;

namespace Cli.Options;

/// <summary>The options of a command that serves: where it listens and whom it lets in.</summary>
internal sealed class ListenOptions
{
    private readonly Option<string> _listen;
    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = $"File with the secret that callers must send; the variable {Secrets.Variable} works too.",
    };
    private readonly Option<string?> _certificate = new("--certificate")
    {
        Description = "PEM file of the server's certificate.",
    };
    private readonly Option<string?> _key = new("--key") { Description = "PEM file of its key." };
    private readonly Option<string?> _clientAuthority = new("--client-ca")
    {
        Description = "PEM file of the authority whose certificates callers must show.",
    };

    /// <summary>The options.</summary>
    /// <param name="address">Default address.</param>
    public ListenOptions(string address) =>
        _listen = new Option<string>("--listen")
        {
            Description = "Address: http://127.0.0.1:port, unix:/path, or https://ip:port with certificate and token.",
            DefaultValueFactory = _ => address,
        };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_listen, _tokenFile, _certificate, _key, _clientAuthority])
        {
            command.Add(option);
        }
    }

    /// <summary>What the command line says.</summary>
    public FleetOptions Read(ParseResult parsed) =>
        new()
        {
            Listen = parsed.GetValue(_listen)!,
            Token = Secrets.ReadToken(parsed.GetValue(_tokenFile)),
            CertificateFile = parsed.GetValue(_certificate),
            KeyFile = parsed.GetValue(_key),
            ClientAuthorityFile = parsed.GetValue(_clientAuthority),
        };
}
