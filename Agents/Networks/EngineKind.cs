namespace Agents.Networks;

/// <summary>Who computes gradients.</summary>
public enum EngineKind
{
    /// <summary>The managed engine, which supports every network.</summary>
    Auto,

    /// <summary>Plain C#, for every network: the fastest for small ones on a CPU; never loads the tensor library.</summary>
    Managed,

    /// <summary>TorchSharp: the reference, for every network and for GPUs.</summary>
    Torch,
}
