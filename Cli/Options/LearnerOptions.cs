using System.CommandLine;
using Cli.Fleet;

namespace Cli.Options;

/// <summary>The options of a command that talks to a fleet's learner: where it is, and what lets in.</summary>
internal sealed class LearnerOptions
{
    private readonly Option<string?> _address = new("--learner");
    private readonly Option<string?> _tokenFile = new("--token-file")
    {
        Description = $"File with the learner's secret; the variable {Secrets.Variable} works too.",
    };
    private readonly CallerOptions _caller = new();

    /// <summary>The options.</summary>
    /// <param name="instead">What else the command does, so that without an address it talks to no learner; null where it always does.</param>
    public LearnerOptions(string? instead = null)
    {
        const string Forms = "http://127.0.0.1:port, unix:/path or https://host:port";
        _address.Description = instead is null ? $"Address of the learner: {Forms}." : $"{instead}: {Forms}.";
        if (instead is null)
        {
            _address.DefaultValueFactory = _ => "http://127.0.0.1:5051";
        }
    }

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_address);
        command.Add(_tokenFile);
        _caller.AddTo(command);
    }

    /// <summary>What the command line says; null where it names no learner.</summary>
    /// <exception cref="IOException">The file with the secret cannot be read.</exception>
    public LearnerConnection? Read(ParseResult parsed)
    {
        if (parsed.GetValue(_address) is not { } address)
        {
            return null;
        }
        (string? authority, string? certificate, string? key) = _caller.Read(parsed);
        return new LearnerConnection(address, Secrets.ReadToken(parsed.GetValue(_tokenFile)), authority, certificate, key);
    }
}
