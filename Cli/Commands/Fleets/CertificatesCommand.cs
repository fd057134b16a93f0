using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cli.Fleet;
using Cli.Options;

namespace Cli.Commands.Fleets;

/// <summary><c>agents certificates</c>.</summary>
internal sealed class CertificatesCommand(TextWriter output, TextWriter error)
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    private readonly Option<string> _folder = new("--out")
    {
        Description = "Destination folder.",
        DefaultValueFactory = _ => "certificates",
    };
    private readonly Option<string?> _actors = new("--actors")
    {
        Description = $"Second folder, for {string.Join(", ", SecretFiles.ForActors)} only; its owner's group may read it.",
    };
    private readonly Option<string[]> _hosts = new("--host")
    {
        Description = "Name or address under which actors reach the learner; may be repeated.",
        DefaultValueFactory = _ => ["localhost", "127.0.0.1"],
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<string> _days = new("--days") { Description = "Validity.", DefaultValueFactory = _ => "365" };
    private readonly Option<bool> _keep = new("--keep")
    {
        Description = "Leave everything as it is where all files exist already.",
    };
    private readonly Option<bool> _json = JsonOption.Create();

    /// <summary>The command.</summary>
    public static Command Create(TextWriter output, TextWriter error) => new CertificatesCommand(output, error).Build();

    private Command Build()
    {
        var command = new Command(
            "certificates",
            """
            Makes a private authority with a certificate for the learner, one for actors, and a random token.

            The authority's key is thrown away: to change anything, make all of them anew.

            Examples:
              agents certificates --out certificates --host learner localhost
              agents learner CartPole-v1 --listen https://0.0.0.0:5051 --certificate certificates/learner.pem \
                --key certificates/learner-key.pem --token-file certificates/token
              agents actor --learner https://learner:5051 --ca certificates/ca.pem --token-file certificates/token
            """
        )
        {
            _folder,
            _actors,
            _hosts,
            _days,
            _keep,
            _json,
        };
        command.SetAction(Run);
        return command;
    }

    private void Run(ParseResult parsed)
    {
        string path = parsed.GetValue(_folder)!;
        string? second = parsed.GetValue(_actors);
        bool kept = parsed.GetValue(_keep) && SecretFiles.Exist(path, second);
        if (!kept)
        {
            var validity = TimeSpan.FromDays(Numbers.Parse("--days", parsed.GetValue(_days)!, 1, 36_500));
            SecretFiles.Create(path, second, parsed.GetValue(_hosts)!, validity);
        }
        DateTimeOffset end = SecretFiles.ValidUntil(path);
        if (end - TimeProvider.System.GetUtcNow() < Soon)
        {
            error.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"warning: the certificates in {path} are valid until {end:yyyy-MM-dd}. Remove them and make new ones."
                )
            );
        }
        if (parsed.GetValue(_json))
        {
            output.WriteLine(
                new JsonObject
                {
                    ["folder"] = path,
                    ["files"] = new JsonArray([.. SecretFiles.All.Select(file => (JsonNode)file)]),
                    ["kept"] = kept,
                    ["valid_until"] = end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                }.ToJsonString()
            );
            return;
        }
        output.WriteLine(
            kept
                ? $"Kept what {path} holds."
                : $"Wrote {string.Join(", ", SecretFiles.All)} to {path}. Keep the keys and the token secret."
        );
    }
}
