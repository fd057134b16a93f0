using Environments;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class SkillPerEpisodeTests
{
    private const string Grid = "GridWorld/OpenGrid-v0?size=2"; // two steps an episode
    private static readonly EnvironmentSpec OneNumber = new("Scripted-v0", new Box(-100, 100, 1), new Discrete(3));

    [Fact]
    public void Step_AcrossAReset_KeepsTheSkillUntilTheFinalObservationAndDrawsTheNext()
    {
        using var environment = new SkillPerEpisode(Scripted(AutoresetMode.SameStep), 1_000);
        environment.Reset(7);
        float first = environment.Observations[1];
        Assert.Equal([1, first], environment.Observations);
        environment.Step([2]);
        Assert.Equal([2, first], environment.Observations);
        environment.Step([0]);
        Assert.Equal([3, first], environment.FinalObservations);
        float second = environment.Observations[1];
        Assert.NotEqual(first, second);
        Assert.Equal([4, second], environment.Observations);
        environment.Step([1]);
        Assert.Equal([5, second], environment.Observations);
        environment.Reset(7);
        Assert.Equal([1, first], environment.Observations);
    }

    [Fact]
    public void Step_EnvironmentThatResetsOneStepLater_DrawsThen()
    {
        using var environment = new SkillPerEpisode(Scripted(AutoresetMode.NextStep), 1_000);
        environment.Reset(7);
        float first = environment.Observations[1];
        environment.Step([2]);
        environment.Step([0]);
        Assert.Equal(first, environment.Observations[1]);
        Assert.Equal(first, environment.FinalObservations[1]);
        environment.Step([1]);
        Assert.Equal(5, environment.Observations[0]);
        Assert.NotEqual(first, environment.Observations[1]);
    }

    [Fact]
    public void Spec_AnyObservations_HaveTheSkillBehindThem()
    {
        using var integers = new SkillPerEpisode(EnvironmentRegistry.Default.Make(Grid), 3);
        Assert.Equal(
            new Dict(new("observation", new Discrete(4)), new("skill", new Discrete(3))),
            integers.Spec.ObservationSpace
        );
        using var entries = new SkillPerEpisode(EnvironmentRegistry.Default.Make("GridWorld/SerpentineTasks-v0"), 3);
        Assert.Equal(
            new Dict(new("cell", new Discrete(256)), new("task", new Discrete(3)), new("skill", new Discrete(3))),
            entries.Spec.ObservationSpace
        );
        ArgumentException twice = Assert.Throws<ArgumentException>(() => new SkillPerEpisode(entries, 2));
        Assert.Contains("an entry 'skill' of its own", twice.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_ThroughThePreviousAction_GivesWhatTheEnvironmentShows()
    {
        using var plain = new PreviousActionReward(new SkillPerEpisode(EnvironmentRegistry.Default.Make("CartPole-v1"), 5));
        SkillSpace found = SkillSpace.Find(plain.Spec.ObservationSpace)!;
        Assert.Equal((4, 5), (found.Offset, found.Count));
        Assert.IsType<Box>(found.Environment);
        using var entries = new PreviousActionReward(
            new SkillPerEpisode(EnvironmentRegistry.Default.Make("GridWorld/SerpentineTasks-v0"), 5)
        );
        found = SkillSpace.Find(entries.Spec.ObservationSpace)!;
        Assert.Equal((2, 5), (found.Offset, found.Count));
        Assert.Equal(EnvironmentRegistry.Default.Find("GridWorld/SerpentineTasks-v0").ObservationSpace, found.Environment);
        entries.Reset(3);
        Assert.Equal(
            ((SkillPerEpisode)entries.Inner).Observations[2],
            found.SkillOf(entries.Observations[..entries.Spec.ObservationSpace.Size])
        );
        Assert.Null(SkillSpace.Find(EnvironmentRegistry.Default.Find("GridWorld/SerpentineTasks-v0").ObservationSpace));
    }

    [Fact]
    public void Step_ManyEpisodes_EverySkillIsAsFrequent()
    {
        const int skills = 4;
        using SkillPerEpisode environment = Make(50, skills);
        environment.Reset(1);
        var counts = new int[skills];
        for (int t = 0; t < 800; t++)
        {
            environment.Step(new float[50]);
            for (int i = 0; i < 50 && environment.Truncated[0]; i++)
            {
                counts[(int)environment.Observations[i * 2 + 1]]++;
            }
        }
        Assert.Equal(20_000, counts.Sum());
        Assert.All(counts, count => Assert.InRange(count, 4_700, 5_300)); // five deviations
    }

    [Fact]
    public void Reset_CopiesSharedOutToTwoBatches_DrawTheSameSkills()
    {
        using SkillPerEpisode whole = Make(4, 9);
        using SkillPerEpisode first = Make(2, 9);
        using SkillPerEpisode second = Make(2, 9);
        whole.Reset(5);
        first.Reset(5);
        second.Reset(7);
        for (int t = 0; t < 40; t++)
        {
            Assert.Equal(whole.Observations, [.. first.Observations, .. second.Observations]);
            whole.Step(new float[4]);
            first.Step(new float[2]);
            second.Step(new float[2]);
        }
    }

    [Fact]
    public void Step_OneSkillAlone_IsThatOfEveryEpisode()
    {
        using var environment = new SkillPerEpisode(EnvironmentRegistry.Default.Make(Grid, 3), 5, only: 4);
        environment.Reset(2);
        for (int t = 0; t < 20; t++)
        {
            Assert.Equal(4, environment.Observations[1]);
            Assert.Equal(4, environment.Observations[5]);
            environment.Step(new float[3]);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => new SkillPerEpisode(environment.Inner, 5, only: 5));
    }

    [Fact]
    public void LoadState_MidEpisode_ContinuesBitForBit()
    {
        using SkillPerEpisode original = Make(3, 100);
        original.Reset(1);
        original.Step([0, 1, 1]);
        var state = new StateDictionary();
        original.SaveState(state);
        using SkillPerEpisode restored = Make(3, 100);
        restored.LoadState(state);
        for (int t = 0; t < 20; t++)
        {
            Assert.Equal(original.Observations, restored.Observations);
            original.Step([1, 0, 1]);
            restored.Step([1, 0, 1]);
        }
        using SkillPerEpisode fewer = Make(3, 2);
        Assert.Throws<InvalidDataException>(() => fewer.LoadState(state));
    }

    [Fact]
    public void Step_AfterWarmUp_AllocatesNothing()
    {
        using SkillPerEpisode environment = Make(4, 3);
        environment.Reset(1);
        var actions = new float[4];
        long before = 0;
        for (int t = 0; t < 1000; t++)
        {
            before = t == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
            environment.Step(actions);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static SkillPerEpisode Make(int copies, int skills) => new(EnvironmentRegistry.Default.Make(Grid, copies), skills);

    private static ScriptedEnvironment Scripted(AutoresetMode mode) =>
        new(
            1,
            new ScriptedStep(2),
            new ScriptedStep(mode == AutoresetMode.SameStep ? 4 : 3, Terminated: true, Final: 3),
            new ScriptedStep(5)
        )
        {
            Spec = OneNumber,
            AutoresetMode = mode,
        };
}
