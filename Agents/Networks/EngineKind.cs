namespace Agents.Networks;

/// <summary>Who computes gradients.</summary>
public enum EngineKind
{
    /// <summary>The managed engine where it supports the network, else the tensor library.</summary>
    Auto,

    /// <summary>Plain C#: the fastest for small networks on a CPU; never loads the tensor library.</summary>
    Managed,

    /// <summary>TorchSharp: the reference, for every network and for GPUs.</summary>
    Torch,
}
