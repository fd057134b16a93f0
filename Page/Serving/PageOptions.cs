using System.Text.Json.Nodes;
using Page.Runs;

namespace Page.Serving;

/// <summary>What a page shows, and where.</summary>
internal sealed record PageOptions
{
    /// <summary>Folder of all runs; it may be missing as yet.</summary>
    public required string Folder { get; init; }

    /// <summary>Address of this machine, <c>http://127.0.0.1:port</c>; port 0 lets the system choose.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:6060";

    /// <summary>Secret that the page's program must send.</summary>
    public required string Token { get; init; }

    /// <summary>Asks a fleet's learner how it is; null where none is watched.</summary>
    public Func<CancellationToken, Task<JsonObject>>? FleetStatus { get; init; }

    /// <summary>Compares algorithms by their runs, whose folders it is given; null where nothing is compared.</summary>
    public Func<IReadOnlyList<string>, JsonObject>? Compare { get; init; }

    /// <summary>Program and arguments that continue a run; null where the page continues none.</summary>
    public Func<Run, IReadOnlyList<string>>? Continue { get; init; }

    /// <summary>Told what the page could not do, in whole sentences.</summary>
    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>How often the folder is looked at while somebody watches.</summary>
    /// <value>Default 2 s.</value>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Tells when the next look is due.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
