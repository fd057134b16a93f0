using System.CommandLine;

namespace Cli.Options;

/// <summary>The option of commands that play a policy which may have skills.</summary>
internal static class SkillOption
{
    public static Option<string?> Create() =>
        new("--skill")
        {
            Description =
                "Skill of every episode, from 0, of a policy trained with wrappers.skills. Default: one drawn for each.",
        };

    public static int? Of(ParseResult parsed, Option<string?> option) =>
        parsed.GetValue(option) is { } text ? (int)Numbers.Parse("--skill", text, 0, 1_000_000) : null;
}
