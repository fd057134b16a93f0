using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Agents.Torch;
using Tests.AgentTests.Programs.Doubles;
using Xunit;
using static TorchSharp.torch;

namespace Tests.AgentTests.Programs;

/// <summary>Every operator computes the same in each of its forms, and its gradients, and theirs, are right.</summary>
public sealed class OperatorTests
{
    private static readonly RunSize Large = SizeOf(25, 6, 97);
    private static readonly RunSize Small = SizeOf(3, 2, 5);

    public static TheoryData<string> Names => [.. OperatorCases.Operators.Select(type => type.Name)];

    public static TheoryData<string> UnaryNames =>
        [.. OperatorCases.Operators.Where(type => type.IsSubclassOf(typeof(Unary))).Select(type => type.Name)];

    [Fact]
    public void EveryOperator_HasACaseAndAllForms()
    {
        FormTable<Tensor> torch = TorchForms.For(CPU);
        foreach (Type type in OperatorCases.Operators)
        {
            Assert.True(OperatorCases.Contains(type), $"The operator {type.Name} has no case. Add one to OperatorCases.");
            if (!type.IsSubclassOf(typeof(Leaf)) && type != typeof(Delay)) // which interpreters know themselves
            {
                Assert.True(torch.Contains(type), $"The operator {type.Name} has no form in TorchForms. Add one there.");
                Assert.True(
                    DoubleForms.Table.Contains(type),
                    $"The operator {type.Name} has no form in DoubleForms. Add one there."
                );
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Forms_OfAllKinds_GiveTheSame(string name)
    {
        Problem problem = Differentiated(name);
        ProblemData data = problem.Fill(Large, 1);

        for (int order = 0; order <= problem.Orders; order++)
        {
            double tolerance = order < 2 ? 1e-6 : 3e-6;
            Assert.Null(ProgramChecks.Doubles(problem, data, order, tolerance));
            Assert.Null(ProgramChecks.Torch(problem, data, order, tolerance));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_OfBothOrders_AreSlopesAndThoseOfLibtorch(string name)
    {
        Problem problem = Differentiated(name);
        ProblemData small = problem.Fill(Small, 2);
        ProblemData large = problem.Fill(Large, 3);

        for (int order = 1; order <= problem.Orders; order++)
        {
            Assert.Null(ProgramChecks.TorchGradients(problem, large, order, 1e-5));
            if (!problem.StopsGradients)
            {
                Assert.Null(ProgramChecks.Slopes(problem, small, order, 1e-5));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Memory_PoisonedUnrecycledOrInOtherBlocks_GivesTheSame(string name)
    {
        Problem problem = Differentiated(name);
        ProblemData data = problem.Fill(Large, 4);

        Assert.Null(ProgramChecks.Memory(problem, data, 0, [1, 7, 64, 128, Large.Rows], 1e-6));
        Assert.Null(ProgramChecks.Memory(problem, data, problem.Orders, [1, 7, 64, 128, Large.Rows], 3e-6));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Run_AfterWarmUp_AllocatesNothing(string name)
    {
        Problem problem = Differentiated(name);
        ProblemData data = problem.Fill(Large, 5);
        Plan plan = ProgramResults.Plan(problem, data, problem.Orders);
        var program = new ManagedProgram(plan, data.Parameters, new float[data.Parameters.Length]);
        ProgramResults.Bind(program, data);
        program.SetRows(Problem.Edges, Large.OtherSpaces![Problem.Edges]);
        float[]? state = data.Numbers.FirstOrDefault(leaf => leaf.Key.Node.Operator is State).Value;
        Run();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Run();
        long bytes = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, bytes);

        void Run()
        {
            program.ParametersChanged();
            if (state is null)
            {
                program.Run(Large.Rows, Large.Sequences);
            }
            else
            {
                program.Advance(Large.Rows, state);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void RowsOfTheBatch_Alone_GiveTheSameBits(string name)
    {
        Problem problem = OperatorCases.Build(name);
        Value[] outputs = [.. problem.Outputs.Where(output => output.Shape.Space == RowSpace.Rows && IsOfEachRow(output.Node))];
        if (outputs.Length == 0 || problem.HasState)
        {
            return;
        }
        ProblemData data = problem.Fill(Large with { Sequences = Large.Rows }, 6);
        Plan plan = Plan.Compile(problem.Graph, outputs, null, new PlanOptions(Large.Rows));
        var program = new ManagedProgram(plan, data.Parameters, []);
        ProgramResults.Bind(program, data);
        program.Run(Large.Rows);
        float[][] together = [.. outputs.Select(output => program[output].ToArray())];
        for (int row = 0; row < Large.Rows; row += 7)
        {
            foreach (Value input in data.Numbers.Keys.Where(leaf => leaf.Shape.Space == RowSpace.Rows))
            {
                program.Bind(input, new ArraySegment<float>(data.Numbers[input])[(row * input.Columns)..]);
            }
            program.Run(1);
            for (int i = 0; i < outputs.Length; i++)
            {
                int columns = outputs[i].Columns;
                Assert.Equal(together[i][(row * columns)..((row + 1) * columns)], program[outputs[i]].ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(UnaryNames))]
    public void Neighbours_WhateverTheyAre_DoNotChangeANumber(string name)
    {
        var operation = (Operator)OperatorCases.Unary(OperatorCases.TypeOf(name));
        var problem = new Problem();
        Value x = problem.Input("x", 1, Numbers.Positive);
        Value y = problem.Graph.Apply(operation, x)[0];
        float[] wild =
        [
            1e-42f,
            1e9f,
            float.PositiveInfinity,
            float.NaN,
            3e38f,
            -0f,
            -1e9f,
            0,
            100,
            -100,
            1e5f,
            float.NegativeInfinity,
        ];
        float[] numbers = [.. problem.Fill(Large, 7).Numbers[x]];
        var program = new ManagedProgram(Plan.Compile(problem.Graph, [y], null, new PlanOptions(Large.Rows)), [], []);
        program.Bind(x, numbers);
        program.Run(Large.Rows);
        float[] expected = program[y].ToArray();
        for (int i = 0; i < numbers.Length; i++)
        {
            numbers[i] = i % 5 == 0 ? wild[i / 5 % wild.Length] : numbers[i];
        }

        program.Run(Large.Rows);

        for (int i = 0; i < numbers.Length; i++)
        {
            Assert.True(
                i % 5 == 0 || expected[i].Equals(program[y][i]),
                $"f({numbers[i]}) is {program[y][i]} beside {wild[i / 5 % 12]}."
            );
        }
    }

    private static bool IsOfEachRow(Node node)
    {
        bool alone = node.Operator.Access == RowAccess.EachRow && node.Operator is not Draw;
        return alone && Array.TrueForAll(node.Inputs.ToArray(), input => IsOfEachRow(input.Node));
    }

    private static Problem Differentiated(string name)
    {
        Problem problem = OperatorCases.Build(name);
        for (int order = 0; order < problem.Orders; order++)
        {
            problem.Differentiate();
        }
        return problem;
    }

    private static RunSize SizeOf(int steps, int sequences, int edges) =>
        new(steps * sequences, sequences, 3, new Dictionary<RowSpace, int> { [Problem.Edges] = edges });
}
