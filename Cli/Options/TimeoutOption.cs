using System.CommandLine;

namespace Cli.Options;

/// <summary><c>--timeout</c> of the commands that ask a running learner something.</summary>
internal static class TimeoutOption
{
    public static Option<string> Create() =>
        new("--timeout")
        {
            Description = "Seconds to wait for an answer; a busy learner may need more.",
            DefaultValueFactory = _ => "5",
        };

    public static TimeSpan Read(ParseResult parsed, Option<string> option) =>
        TimeSpan.FromSeconds(Numbers.Parse(option.Name, parsed.GetValue(option)!, 1, 86_400));
}
