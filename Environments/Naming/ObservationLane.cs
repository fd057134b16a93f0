namespace Environments.Naming;

/// <summary>How observations come over from Python.</summary>
public enum ObservationLane
{
    /// <summary>Shared memory where both ends are on one Linux machine, else messages.</summary>
    Auto,

    /// <summary>Within gRPC messages.</summary>
    Messages,

    /// <summary>Through memory in <c>/dev/shm</c> that both ends map; an error where that is not possible.</summary>
    Shm,

    /// <summary>Python runs within this process: a hundred times faster per step, but one interpreter and one lock for all environments.</summary>
    InProcess,
}
