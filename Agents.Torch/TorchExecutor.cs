using Agents.Networks;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using static TorchSharp.torch;

namespace Agents.Torch;

/// <summary>Programs on tensors, for whoever chooses an executor; found by its name, so that programs can do without it.</summary>
internal sealed class TorchExecutor : ReferenceExecutor
{
    /// <inheritdoc/>
    public override ProgramFactory OnCpu => Processor;

    /// <inheritdoc/>
    public override long LiveArrays => TorchRuntime.LiveTensors;

    /// <inheritdoc/>
    public override string Describe()
    {
        TorchRuntime.Configure();
        return $"{__version__}, {(cuda.is_available() ? "with CUDA" : "without CUDA")}";
    }

    /// <summary>Programs on the processor.</summary>
    public static ProgramFactory Processor { get; } =
        (plan, parameters, gradient) =>
        {
            TorchRuntime.Configure(); // before anything touches the tensor library
            return Create(plan, parameters, gradient);
        };

    private static IProgram Create(Plan plan, float[] parameters, float[] gradient) =>
        new TorchProgram(plan, parameters, gradient, CPU);
}
