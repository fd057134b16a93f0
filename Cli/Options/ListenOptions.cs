using System.CommandLine;
using Cli.Fleet;
using Fleet.Hosting;

namespace Cli.Options;

/// <summary>The options of a command that serves: where it listens and whom it lets in.</summary>
internal sealed class ListenOptions
{
    private readonly Option<string?> _listen;
    private readonly Option<string?> _tokenFile;
    private readonly Option<string?> _certificate = new("--certificate")
    {
        Description = "PEM file of the server's certificate.",
    };
    private readonly Option<string?> _key = new("--key") { Description = "PEM file of its key." };
    private readonly Option<string?> _clientAuthority;

    /// <summary>The options.</summary>
    /// <param name="address">Default address; null listens only where one is given.</param>
    /// <param name="purpose">How the description of the address begins.</param>
    /// <param name="callers">Who calls.</param>
    public ListenOptions(string? address, string purpose = "Address", string callers = "callers")
    {
        _listen = new Option<string?>("--listen")
        {
            Description = $"{purpose}: http://127.0.0.1:port, unix:/path, or https://ip:port with certificate and token.",
        };
        if (address is not null)
        {
            _listen.DefaultValueFactory = _ => address;
        }
        _tokenFile = new Option<string?>("--token-file")
        {
            Description = $"File with the secret that {callers} must send; the variable {Secrets.Variable} works too.",
        };
        _clientAuthority = new Option<string?>("--client-ca")
        {
            Description = $"PEM file of the authority whose certificates {callers} must show.",
        };
    }

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_listen, _tokenFile, _certificate, _key, _clientAuthority])
        {
            command.Add(option);
        }
    }

    /// <summary>What the command line says, where there is a default address.</summary>
    public FleetOptions Read(ParseResult parsed) => Read(parsed, parsed.GetValue(_listen)!);

    /// <summary>What the command line says; null where it gives no address.</summary>
    /// <exception cref="ArgumentException">It says whom to let in, but not where.</exception>
    public FleetOptions? ReadGiven(ParseResult parsed)
    {
        if (parsed.GetValue(_listen) is { } address)
        {
            return Read(parsed, address);
        }
        Option[] others = [_tokenFile, _certificate, _key, _clientAuthority];
        return others.FirstOrDefault(option => parsed.GetResult(option) is { Implicit: false }) is { } given
            ? throw new ArgumentException(
                $"{given.Name} is for a port, and no --listen opens one. Add --listen, or leave it out."
            )
            : null;
    }

    /// <summary>The words that say the same again.</summary>
    public IReadOnlyList<string> NextWords(ParseResult parsed) =>
        [
            .. ((Option<string?>[])[_listen, _tokenFile, _certificate, _key, _clientAuthority]).SelectMany(option =>
                parsed.GetValue(option) is { } value ? (string[])[option.Name, value] : []
            ),
        ];

    private FleetOptions Read(ParseResult parsed, string address) =>
        new()
        {
            Listen = address,
            Token = Secrets.ReadToken(parsed.GetValue(_tokenFile)),
            CertificateFile = parsed.GetValue(_certificate),
            KeyFile = parsed.GetValue(_key),
            ClientAuthorityFile = parsed.GetValue(_clientAuthority),
        };
}
