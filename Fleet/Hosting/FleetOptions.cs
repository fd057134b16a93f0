namespace Fleet.Hosting;

/// <summary>Where a fleet learner listens, whom it lets in, and where it reports; nothing here changes what is learned.</summary>
public sealed record FleetOptions
{
    /// <summary>Address for actors: <c>unix:/path</c>, <c>http://127.0.0.1:5051</c> or <c>https://host:port</c>; port 0 lets the system choose.</summary>
    public string Listen { get; init; } = "http://127.0.0.1:5051";

    /// <summary>Address of <c>/metrics</c> (Prometheus) and <c>/health</c>; null for none.</summary>
    public string? MetricsListen { get; init; }

    /// <summary>Secret that callers must send; null for none, which only local addresses allow.</summary>
    public string? Token { get; init; }

    /// <summary>PEM file of the server's certificate, for <c>https</c>.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of its key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>PEM file of the authority whose certificates clients must have; null where the token is enough.</summary>
    public string? ClientAuthorityFile { get; init; }

    /// <summary>File that lists every unroll that was learned from; null for none.</summary>
    public string? AuditFile { get; init; }

    /// <summary>How long an update, a checkpoint or an evaluation may take before <c>/health</c> says that the learner hangs.</summary>
    /// <value>Default 5 minutes. Waiting for actors never counts.</value>
    public TimeSpan StallTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Whether the ports stay open after the last step, until the token is cancelled.</summary>
    /// <value>Default false. For supervisors that would start an ended learner again; late actors hear that the run is complete.</value>
    public bool Stay { get; init; }

    /// <summary>Whether another run follows on the same address, for which actors are told to wait when this one is complete.</summary>
    /// <value>Default false: they are told to end.</value>
    public bool AnotherRunFollows { get; init; }

    /// <summary>Whether log lines are JSON.</summary>
    public bool JsonLogs { get; init; }

    /// <summary>Clock by which strangers are sent away.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told once which addresses are open.</summary>
    public Action<string>? Listening { get; init; }

    /// <summary>How long a learner that ends waits for actors to take its goodbye.</summary>
    internal TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(15);
}
