using Agents.Networks;
using static TorchSharp.torch;

namespace Agents.Torch;

/// <summary>Programs on tensors, for whoever chooses an executor.</summary>
internal static class TorchExecutor
{
    /// <summary>Programs on the processor.</summary>
    public static ProgramFactory OnCpu { get; } =
        (plan, parameters, gradient) => new TorchProgram(plan, parameters, gradient, CPU);
}
