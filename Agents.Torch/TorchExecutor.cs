using Agents.Networks;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using static TorchSharp.torch;

namespace Agents.Torch;

/// <summary>Programs on tensors, for whoever chooses an executor.</summary>
internal static class TorchExecutor
{
    /// <summary>Programs on the processor.</summary>
    public static ProgramFactory OnCpu { get; } =
        (plan, parameters, gradient) =>
        {
            TorchRuntime.Configure(); // before anything touches the tensor library
            return Create(plan, parameters, gradient);
        };

    private static IProgram Create(Plan plan, float[] parameters, float[] gradient) =>
        new TorchProgram(plan, parameters, gradient, CPU);
}
