using System.CommandLine;

namespace Cli.Options;

/// <summary><c>--init-from</c> and <c>--redraw-heads</c>: the policy that a new run begins with.</summary>
internal sealed class InitialPolicyOptions
{
    private readonly Option<string?> _initFrom = new("--init-from")
    {
        Description =
            "Folder of a run or policy, whose weights, network and statistics of observations the run begins with; its optimiser begins anew.",
    };

    private readonly Option<bool> _redrawHeads = new("--redraw-heads")
    {
        Description =
            "Lets heads that --init-from lacks, or has for another task, begin with fresh weights; without it they are an error.",
    };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_initFrom);
        command.Add(_redrawHeads);
    }

    /// <summary>Folder of the policy; null for fresh parameters.</summary>
    public string? Policy(ParseResult parsed) => parsed.GetValue(_initFrom);

    /// <summary>Whether heads that do not fit begin anew.</summary>
    public bool Redraws(ParseResult parsed) => parsed.GetValue(_redrawHeads);

    /// <summary>Both as single values.</summary>
    public IEnumerable<string> Assignments(ParseResult parsed)
    {
        if (Policy(parsed) is { } policy)
        {
            yield return $"initial_policy.path='{policy.Replace("'", "''", StringComparison.Ordinal)}'";
        }
        if (Redraws(parsed))
        {
            yield return "initial_policy.redraw_heads=true";
        }
    }
}
