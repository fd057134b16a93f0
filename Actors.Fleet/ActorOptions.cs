using Environments;

namespace Actors.Fleet;

/// <summary>How an actor reaches its learner and steps its environments.</summary>
public sealed record ActorOptions
{
    /// <summary>Address of the learner: <c>unix:/path</c>, <c>http://127.0.0.1:5051</c> or <c>https://host:port</c>.</summary>
    public required string Learner { get; init; }

    /// <summary>Name of the actor; at most one of a name is connected.</summary>
    public required string Id { get; init; }

    /// <summary>Environment copies to step; 0 to take the learner's number.</summary>
    public int Copies { get; init; }

    /// <summary>Secret that the learner asks for; null for none.</summary>
    public string? Token { get; init; }

    /// <summary>PEM file of the authority that issued the learner's certificate; null for the system's authorities.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>PEM file of a client certificate, where the learner asks for one.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of its key.</summary>
    public string? KeyFile { get; init; }

    /// <summary>Time without a finished step after which the environments count as hung and are made anew.</summary>
    /// <value>Default 20 s.</value>
    public TimeSpan StepTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long to try to reach a learner that is away; null for ever.</summary>
    public TimeSpan? Patience { get; init; }

    /// <summary>Where environments are looked up.</summary>
    public EnvironmentRegistry Registry { get; init; } = EnvironmentRegistry.Default;

    /// <summary>Receives what happens, one line each.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Told about every acknowledged unroll: incarnation and sequence number.</summary>
    public Action<long, long>? Acknowledged { get; init; }

    /// <summary>Clock of timeouts and back-off.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
