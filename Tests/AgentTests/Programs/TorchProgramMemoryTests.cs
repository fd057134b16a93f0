using Agents.Programs.Planning;
using Agents.Torch;
using Tests.AgentTests.Programs.Drawn;
using Xunit;
using static TorchSharp.torch;

namespace Tests.AgentTests.Programs;

/// <summary>What a program on tensors leaves behind.</summary>
[Collection(nameof(NativeMemoryCollection))]
public sealed class TorchProgramMemoryTests
{
    [Fact]
    public void Run_AgainAndAgain_LeavesNoTensorBehind()
    {
        GC.Collect(); // tensors that earlier tests left to the collector
        GC.WaitForPendingFinalizers();
        long outside = TorchRuntime.LiveTensors;
        for (int seed = 0; seed < 20; seed++)
        {
            RandomProblem drawn = RandomProblem.Of(seed);
            ProblemData data = drawn.Problem.Fill(drawn.Size, seed);
            Plan plan = ProgramResults.Plan(drawn.Problem, data, 1);
            using var program = new TorchProgram(plan, data.Parameters, new float[data.Parameters.Length], CPU);
            ProgramResults.Bind(program, data);
            program.SetRows(Problem.Edges, drawn.Size.Count(Problem.Edges));
            program.Run(drawn.Size.Rows, drawn.Size.Sequences);
            long before = TorchRuntime.LiveTensors;
            for (int run = 0; run < 3; run++)
            {
                program.ParametersChanged();
                program.Run(drawn.Size.Rows, drawn.Size.Sequences);
            }

            Assert.Equal(before, TorchRuntime.LiveTensors);
        }

        Assert.Equal(outside, TorchRuntime.LiveTensors);
    }
}
