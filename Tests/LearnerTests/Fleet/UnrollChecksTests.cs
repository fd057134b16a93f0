using Agents.Networks;
using Environments.Spaces;
using Learners.Fleet;
using Learners.Impala;
using Protos;
using Xunit;

namespace Tests.LearnerTests.Fleet;

/// <summary>Observations of actors that are not trusted.</summary>
public sealed class UnrollChecksTests
{
    private static readonly Box Symbols = new(2, 5, 3) { ElementType = ElementType.UInt8 };
    private static readonly Dict Parts = new(
        KeyValuePair.Create<string, Space>("real", new Box(-1, 1, 2)),
        KeyValuePair.Create<string, Space>("integer", new Discrete(3))
    );

    [Theory]
    [InlineData(6)]
    [InlineData(1)]
    public void Defect_SymbolThatHasNoRowOfWeights_IsNamed(float impossible) =>
        Assert.Contains(
            $"observation 1 holds {impossible} as element 2 of {Symbols}, which takes a whole number from 2 to 5",
            DefectOf(Symbols, [2, 3, impossible])
        );

    [Fact]
    public void Defect_IntegerOfADictionaryThatCannotBe_IsNamed() =>
        Assert.Contains("observation 1 holds 3 as element 0 of 'integer' of Discrete(3)", DefectOf(Parts, [0, 0, 3]));

    [Fact]
    public void Defect_RealNumbersOfADictionaryBeyondRoughBounds_PassAsTheyDoInOneProcess() =>
        Assert.Null(DefectOf(Parts, [-7, 7, 2]));

    private static string? DefectOf(Space space, float[] second)
    {
        var spec = new NetworkSpec(space, new Discrete(2), new NetworkSettings());
        var format = new ObservationFormat(space.Size, 1, space is Box);
        var shape = new UnrollShape(2, 1, format, 1, 0);
        var unroll = new Unroll(shape);
        float[] good = space is Box ? [2, 2, 2] : [0, 0, 0];
        unroll.Observations.Write(0, good);
        unroll.Observations.Write(1, second);
        unroll.Observations.Write(2, good);
        return new UnrollChecks(spec, shape, new ImpalaSettings()).Defect(unroll);
    }
}
