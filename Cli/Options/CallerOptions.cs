using System.CommandLine;

namespace Cli.Options;

/// <summary>The options of a command that calls a learner: whose certificates it trusts, and which it shows.</summary>
internal sealed class CallerOptions
{
    private readonly Option<string?> _authority = new("--ca")
    {
        Description = "PEM file of the authority of the learner's certificate.",
    };
    private readonly Option<string?> _certificate = new("--certificate") { Description = "PEM file of a client certificate." };
    private readonly Option<string?> _key = new("--key") { Description = "PEM file of its key." };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_authority, _certificate, _key])
        {
            command.Add(option);
        }
    }

    /// <summary>What the command line says; null for what it does not.</summary>
    public (string? AuthorityFile, string? CertificateFile, string? KeyFile) Read(ParseResult parsed) =>
        (parsed.GetValue(_authority), parsed.GetValue(_certificate), parsed.GetValue(_key));
}
