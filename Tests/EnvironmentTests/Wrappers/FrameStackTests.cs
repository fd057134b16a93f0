using Environments;
using Environments.Spaces;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class FrameStackTests
{
    private static readonly float[] Idle = [0, 0];

    [Fact]
    public void Step_AcrossAReset_ShowsTheDocumentedTable()
    {
        using var environment = new FrameStack(
            new ScriptedEnvironment(
                1,
                new ScriptedStep(2),
                new ScriptedStep(3),
                new ScriptedStep(5, 0, Terminated: true, Final: 4),
                new ScriptedStep(6)
            ),
            3
        );
        environment.Reset(0);
        Assert.Equal([1, 1, 1], environment.Observations);
        environment.Step(Idle);
        Assert.Equal([1, 1, 2], environment.Observations);
        environment.Step(Idle);
        Assert.Equal([1, 2, 3], environment.Observations);
        environment.Step(Idle);
        Assert.Equal([5, 5, 5], environment.Observations);
        Assert.Equal([2, 3, 4], environment.FinalObservations);
        environment.Step(Idle);
        Assert.Equal([5, 5, 6], environment.Observations);
        environment.Reset(0);
        Assert.Equal([1, 1, 1], environment.Observations);
    }

    [Fact]
    public void Step_EnvironmentThatResetsOneStepLater_FillsTheStackThen()
    {
        using var environment = new FrameStack(
            new ScriptedEnvironment(
                1,
                new ScriptedStep(2, 0, Truncated: true, Final: 2),
                new ScriptedStep(7),
                new ScriptedStep(8)
            )
            {
                AutoresetMode = AutoresetMode.NextStep,
            },
            2
        );
        environment.Reset(0);
        environment.Step(Idle);
        Assert.Equal([1, 2], environment.Observations);
        Assert.Equal([1, 2], environment.FinalObservations);
        environment.Step(Idle);
        Assert.Equal([7, 7], environment.Observations);
        environment.Step(Idle);
        Assert.Equal([7, 8], environment.Observations);
    }

    [Fact]
    public void Spec_StackedObservations_IsABoxOfStackedShapeWithRepeatedBounds()
    {
        using var environment = new FrameStack(EnvironmentRegistry.Default.Make("MountainCar-v0", 2), 3);
        var expected = new Box([-1.2f, -0.07f, -1.2f, -0.07f, -1.2f, -0.07f], [0.6f, 0.07f, 0.6f, 0.07f, 0.6f, 0.07f], [3, 2]);
        Assert.Equal(expected, environment.Spec.ObservationSpace);
        Assert.Equal(2 * 6, environment.Observations.Length);
    }

    [Fact]
    public void Create_ObservationsOfNoBox_ThrowsAndNamesThem()
    {
        using var inner = new ScriptedEnvironment(0) { Spec = new EnvironmentSpec("Maze-v0", new Discrete(16), new Discrete(4)) };
        var error = Assert.Throws<ArgumentException>(() => new FrameStack(inner, 4));
        Assert.Contains("Discrete(16)", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FrameStack(inner, 0));
    }
}
