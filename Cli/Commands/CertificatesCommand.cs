using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Protos.Fleet;

namespace Cli.Commands;

/// <summary><c>agents certificates</c>.</summary>
internal static class CertificatesCommand
{
    public static Command Create(TextWriter output)
    {
        var folder = new Option<string>("--out")
        {
            Description = "Destination folder.",
            DefaultValueFactory = _ => "certificates",
        };
        var hosts = new Option<string[]>("--host")
        {
            Description = "Name or address under which actors reach the learner; may be repeated.",
            DefaultValueFactory = _ => ["localhost", "127.0.0.1"],
            AllowMultipleArgumentsPerToken = true,
        };
        var days = new Option<string>("--days") { Description = "Validity.", DefaultValueFactory = _ => "365" };
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
            hosts,
            days,
            json,
        };
        command.SetAction(parsed =>
        {
            string path = parsed.GetValue(folder)!;
            var validity = TimeSpan.FromDays(Numbers.Parse("--days", parsed.GetValue(days)!, 1, 36_500));
            CertificateFiles.Create(path, parsed.GetValue(hosts)!, TimeProvider.System.GetUtcNow(), validity);
            string token = Path.Combine(path, "token");
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }
            using (var writer = new StreamWriter(token, options))
            {
                writer.WriteLine(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
            }
            string[] files = ["ca.pem", "learner.pem", "learner-key.pem", "actor.pem", "actor-key.pem", "token"];
            output.WriteLine(
                parsed.GetValue(json)
                    ? new JsonObject
                    {
                        ["folder"] = path,
                        ["files"] = new JsonArray([.. files.Select(file => (JsonNode)file)]),
                    }.ToJsonString()
                    : $"Wrote {string.Join(", ", files)} to {path}. Keep the keys and the token secret."
            );
        });
        return command;
    }
}
