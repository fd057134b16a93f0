using System.Collections.Immutable;
using Agents.Programs;
using Agents.Programs.Execution;
using Agents.Programs.Planning;
using Xunit;

namespace Tests.AgentTests.Programs;

/// <summary>The checks of programs see what a planner could do wrong: each fault is planted into a plan that is right.</summary>
public sealed class PlannerFaultTests
{
    private readonly Problem _problem = Recurrent();
    private readonly ProblemData _data;

    public PlannerFaultTests() => _data = _problem.Fill(new RunSize(12, 3), 1);

    [Fact]
    public void Check_OfThePlanAsItIs_FindsNothing() => Assert.Null(Check(plan => plan));

    [Fact]
    public void Check_OfABufferThatIsUsedAgainTooEarly_FindsIt()
    {
        (Instruction writer, Instruction between) = Early(ProgramResults.Plan(_problem, _data, 1));

        Assert.NotNull(Check(plan => Moved(plan, between.Outputs[0].Offset, writer.Outputs[0].Offset)));
    }

    [Fact]
    public void Check_OfADelayedValueThatIsOverwritten_FindsIt()
    {
        Assert.NotNull(
            Check(plan =>
            {
                Segment loop = plan.Segments.First(segment => segment.Kind == SegmentKind.LoopUp);
                Slot delayed = loop.Instructions.First(instruction => instruction.Operator is Delay).Inputs[1];
                Slot other = loop.Instructions.Last(instruction => instruction.Outputs[0].Offset != delayed.Offset).Outputs[0];
                return Moved(plan, other.Offset, delayed.Offset);
            })
        );
    }

    [Fact]
    public void Check_OfADelayedValueOfWhichOneStepIsKept_FindsIt()
    {
        Assert.NotNull(
            Check(plan =>
            {
                Segment loop = plan.Segments.First(segment => segment.Kind == SegmentKind.LoopUp);
                Slot delayed = loop.Instructions.First(instruction => instruction.Operator is Delay).Inputs[1];
                var block = new Slot(Extent.Block, delayed.Source, delayed.Offset, delayed.Columns, 0, delayed.SpaceIndex);
                return Changed(plan, slot => slot == delayed ? block : slot);
            })
        );
    }

    [Fact]
    public void Check_OfTwoGradientsInOnePlace_FindsIt()
    {
        Assert.NotNull(
            Check(plan =>
            {
                Slot[] sinks =
                [
                    .. plan
                        .Segments.SelectMany(segment => segment.Instructions)
                        .SelectMany(instruction => instruction.Outputs)
                        .Where(slot => slot.Source == Slot.Gradient),
                ];
                return Changed(plan, slot => slot == sinks[1] ? slot with { Offset = sinks[0].Offset } : slot);
            })
        );
    }

    [Fact]
    public void Check_OfSegmentsInAnotherOrder_FindsIt()
    {
        int segments = ProgramResults.Plan(_problem, _data, 1).Segments.Length;
        Assert.True(segments > 4);
        for (int first = 1; first < segments - 1; first++)
        {
            Assert.NotNull(Check(plan => plan with { Segments = plan.Segments.RemoveAt(0).Insert(first, plan.Segments[0]) }));
        }
    }

    // All of the checks that compare a plan as it is: with double precision, and with itself in poisoned memory.
    private string? Check(Func<Plan, Plan> damage)
    {
        Plan plan = damage(ProgramResults.Plan(_problem, _data, 1));
        return ProgramChecks.Doubles(_problem, _data, 1, 1e-5, damage)
            ?? ProgramResults.Managed(plan, _data, poisons: true).DifferenceFrom(ProgramResults.Managed(plan, _data), 0);
    }

    // An instruction whose result is read later, and one in between that could be given the same place.
    private static (Instruction Writer, Instruction Between) Early(Plan plan)
    {
        foreach (Segment segment in plan.Segments)
        {
            for (int i = 0; i < segment.Instructions.Length; i++)
            {
                Slot written = segment.Instructions[i].Outputs[0];
                for (int j = i + 1; j < segment.Instructions.Length; j++)
                {
                    Slot other = segment.Instructions[j].Outputs[0];
                    bool readsLater = segment.Instructions.Skip(j + 1).Any(reader => reader.Inputs.Contains(written));
                    if (
                        written.Extent == Extent.Block
                        && other.Extent == Extent.Block
                        && other.Offset != written.Offset
                        && readsLater
                    )
                    {
                        return (segment.Instructions[i], segment.Instructions[j]);
                    }
                }
            }
        }
        throw new InvalidOperationException("No instruction lies between another one and its reader.");
    }

    private static Plan Moved(Plan plan, int from, int to) =>
        Changed(plan, slot => slot.Source == Slot.Arena && slot.Offset == from ? slot with { Offset = to } : slot);

    private static Plan Changed(Plan plan, Func<Slot, Slot> change) =>
        plan with
        {
            Segments =
            [
                .. plan.Segments.Select(segment =>
                    segment with
                    {
                        Instructions =
                        [
                            .. segment.Instructions.Select(instruction =>
                                instruction with
                                {
                                    Inputs = [.. instruction.Inputs.Select(change)],
                                    Outputs = [.. instruction.Outputs.Select(change)],
                                }
                            ),
                        ],
                        Sums = [.. segment.Sums.Select(change)],
                    }
                ),
            ],
            Slots = plan.Slots.ToDictionary(pair => pair.Key, pair => change(pair.Value)),
        };

    // A loop between two stages of rows, whose second one reads a reduction of the first.
    private static Problem Recurrent()
    {
        var problem = new Problem();
        Graph graph = problem.Graph;
        Value x = problem.Input("x", 3, Numbers.Bell);
        Value scaled = (x - x.Mean()).Tanh();
        Value h = graph.Previous(4, problem.Keep(), problem.Input("initial", 4, Numbers.Bell, RowSpace.Sequences));
        Value inputs = graph.Dense(
            scaled,
            problem.Parameter("w", 4, 3, Numbers.Bell),
            problem.Parameter("b", 1, 4, Numbers.Bell)
        );
        Value recurrent = h.Times(problem.Parameter("u", 4, 4, Numbers.Bell));
        Value gate = (inputs + recurrent).Sigmoid();
        Value next = gate * (inputs - recurrent).Tanh() + (1 - gate) * h;
        Graph.Close(h, next);
        problem.Ask(next);
        problem.Ask((next * next.Mean()).SumColumns().Mean());
        problem.Differentiate();
        return problem;
    }
}
