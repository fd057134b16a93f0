using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cli.Fleet;
using Cli.Options;

namespace Cli.Commands.Fleets;

/// <summary><c>agents certificates</c>.</summary>
internal static class CertificatesCommand
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    public static Command Create(TextWriter output, TextWriter error)
    {
        var folder = new Option<string>("--out")
        {
            Description = "Destination folder.",
            DefaultValueFactory = _ => "certificates",
        };
        var actors = new Option<string?>("--actors")
        {
            Description = $"Second folder, for {string.Join(", ", SecretFiles.ForActors)} only; its owner's group may read it.",
        };
        var hosts = new Option<string[]>("--host")
        {
            Description = "Name or address under which actors reach the learner; may be repeated.",
            DefaultValueFactory = _ => ["localhost", "127.0.0.1"],
            AllowMultipleArgumentsPerToken = true,
        };
        var days = new Option<string>("--days") { Description = "Validity.", DefaultValueFactory = _ => "365" };
        var keep = new Option<bool>("--keep") { Description = "Leave everything as it is where all files exist already." };
        Option<bool> json = JsonOption.Create();
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
            folder,
            actors,
            hosts,
            days,
            keep,
            json,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(folder)!;
            string? second = parsed.GetValue(actors);
            bool kept = parsed.GetValue(keep) && SecretFiles.Exist(path, second);
            if (!kept)
            {
                var validity = TimeSpan.FromDays(Numbers.Parse("--days", parsed.GetValue(days)!, 1, 36_500));
                SecretFiles.Create(path, second, parsed.GetValue(hosts)!, validity);
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
            if (parsed.GetValue(json))
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
        });
        return command;
    }
}
