using Environments;
using Learners.Configuration;
using Studies.Claims;
using Studies.Running;

namespace Studies;

/// <summary>How a claim is reproduced.</summary>
internal sealed record ReproductionOptions
{
    /// <summary>How much of the claim is run.</summary>
    public ReproductionBudget Budget { get; init; }

    /// <summary>Seeds per arm and task; null for the claim's.</summary>
    public int? Seeds { get; init; }

    /// <summary>Runs at a time.</summary>
    public int Jobs { get; init; } = Environment.ProcessorCount;

    /// <summary>Folder of report and runs; the same folder continues. Null for <c>runs/reproduce/&lt;claim&gt;/&lt;budget&gt;</c>.</summary>
    public string? Folder { get; init; }

    /// <summary>Makes what trains the runs, of the folder below which they lie; disposed where it can be.</summary>
    public required Func<string, IRunStarter> CreateStarter { get; init; }

    /// <summary>The command line that gives the report, for the report.</summary>
    public string Command { get; init; } = "";

    /// <summary>Told about once a second.</summary>
    public IProgress<ReproductionProgress>? Progress { get; init; }

    /// <summary>Where environments are looked up.</summary>
    public EnvironmentRegistry Registry { get; init; } = EnvironmentRegistry.Default;

    /// <summary>Where agents are looked up.</summary>
    public AgentRegistry Agents { get; init; } = AgentRegistry.Default;

    /// <summary>Clock of the estimates.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
