using Environments;
using Environments.Spaces;
using Environments.Wrappers;
using Tests.EnvironmentTests.Checking;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class ValueCheckTests
{
    private static readonly Box Bytes = new(0, 255, 2, 2) { ElementType = ElementType.UInt8 };
    private static readonly Box Symbols = new(2, 5, 3) { ElementType = ElementType.UInt8 };
    private static readonly Dict Nested = new(
        KeyValuePair.Create<string, Space>("real", new Box(-1, 1, 2)),
        KeyValuePair.Create<string, Space>("inner", new Dict(KeyValuePair.Create<string, Space>("bits", new MultiBinary(2))))
    );

    public static TheoryData<Space, float[], string> Impossible =>
        new()
        {
            {
                Bytes,
                [0, 0, 0.9f, 0],
                "observation 0.9 in step 0 of copy 0, as element 2 of Box(0, 255, [2, 2], uint8), which takes a whole number from 0 to 255"
            },
            { Bytes, [300, 0, 0, 0], "observation 300 in step 0 of copy 0, as element 0" },
            { Bytes, [0, 0, 0, -1], "observation -1 in step 0 of copy 0, as element 3" },
            { Bytes, [0, float.NaN, 0, 0], "observation NaN in step 0 of copy 0, as element 1" },
            {
                Symbols,
                [2, 6, 5],
                "observation 6 in step 0 of copy 0, as element 1 of Box(2, 5, [3], uint8), which takes a whole number from 2 to 5"
            },
            { Symbols, [1, 5, 5], "observation 1 in step 0 of copy 0, as element 0" },
            {
                new Discrete(4),
                [4],
                "observation 4 in step 0 of copy 0, as element 0 of Discrete(4), which takes a whole number from 0 to 3"
            },
            {
                new MultiDiscrete(2, 3),
                [5, -1],
                "observation 5 in step 0 of copy 0, as element 0 of MultiDiscrete(2, 3), which takes a whole number from 0 to 1"
            },
            {
                new MultiDiscrete(2, 3),
                [1, -1],
                "observation -1 in step 0 of copy 0, as element 1 of MultiDiscrete(2, 3), which takes a whole number from 0 to 2"
            },
            {
                new MultiBinary(2),
                [7, -2],
                "observation 7 in step 0 of copy 0, as element 0 of MultiBinary(2), which takes a whole number from 0 to 1"
            },
            { new Box(-1, 1, 2), [0, float.PositiveInfinity], "as element 1 of Box(-1, 1, [2]), which takes a finite number" },
            { Nested, [0, 0, 1, 0.5f], "observation 0.5 in step 0 of copy 0, as element 1 of 'inner.bits' of MultiBinary(2)" },
            { Nested, [0, float.NaN, 1, 0], "observation NaN in step 0 of copy 0, as element 1 of 'real' of Box(-1, 1, [2])" },
        };

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Reset_NumberThatTheSpaceCannotHold_NamesElementValueAndSpace(Space space, float[] row, string expected)
    {
        using var environment = new ValueCheck(new ScriptedRows(space, row));

        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() => environment.Reset(1));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Contains("Correct the environment.", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Impossible))]
    public void Step_NumberThatTheSpaceCannotHold_NamesTheStepToo(Space space, float[] row, string expected)
    {
        using var environment = new ValueCheck(new ScriptedRows(space, row, at: 2));
        environment.Reset(1);
        environment.Step([0]);

        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() => environment.Step([0]));

        Assert.Contains(expected.Replace("step 0", "step 2", StringComparison.Ordinal), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_RealNumbersBeyondRoughBounds_Pass()
    {
        using var environment = new ValueCheck(new ScriptedRows(Nested, [-3, 7, 1, 0]));
        environment.Reset(1);
        environment.Step([0]);

        Assert.Equal([-3, 7, 1, 0], environment.Observations);
    }

    [Theory]
    [InlineData(0.9f)]
    [InlineData(256)]
    [InlineData(-1)]
    [InlineData(float.NaN)]
    public void FindFault_EveryPlaceOfRowsOfEveryLength_IsFound(float impossible)
    {
        foreach (int size in (int[])[1, 3, 7, 8, 9, 31, 32, 33, 70])
        {
            // Once as one kind of element, and once beside others.
            foreach (
                Space space in (Space[])
                    [
                        new Box(0, 255, size) { ElementType = ElementType.UInt8 },
                        new Dict(
                            KeyValuePair.Create<string, Space>(
                                "bytes",
                                new Box(0, 255, size) { ElementType = ElementType.UInt8 }
                            ),
                            KeyValuePair.Create<string, Space>("real", new Box(-1, 1, 5))
                        ),
                    ]
            )
            {
                var check = RowCheck.OfObservations(space);
                var rows = new float[3 * space.Size];
                Array.Fill(rows, 255);
                Assert.Equal(-1, check.FindFault(rows));
                for (int copy = 0; copy < 3; copy++)
                {
                    for (int i = 0; i < size; i++)
                    {
                        int place = copy * space.Size + i;
                        rows[place] = impossible;
                        Assert.Equal(place, check.FindFault(rows));
                        rows[place] = 1;
                    }
                }
            }
        }
    }

    [Fact]
    public void Reset_OfABatchWithoutLayers_ChecksEveryCopy()
    {
        using IBatchedEnvironment environment = Showing.Make(Bytes, [0, 0, 0, 0.9f], count: 3);

        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() => environment.Reset(1));

        Assert.Contains("Showing-v0 gave the observation 0.9 in step 0 of an episode of copy 0", fault.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(200)]
    public void Step_OfABatchWithoutLayers_NoticesWhatLasts(int count)
    {
        using IBatchedEnvironment environment = Showing.Make(new MultiDiscrete(2, 3), [5, -1], at: 3, count);
        environment.Reset(1);
        var actions = new float[count];

        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() =>
        {
            for (int t = 0; t < 100; t++)
            {
                environment.Step(actions);
            }
        });

        Assert.Contains("observation 5 in step", fault.Message);
        Assert.Contains("element 0 of MultiDiscrete(2, 3)", fault.Message);
    }
}
