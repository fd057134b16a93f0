using Environments;
using Environments.Memory;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Memory;

public sealed class RecallTests : EnvironmentContract<Recall>
{
    protected override string Id => "Memory/Recall-v0?delay=20";

    protected override double RandomReturnTolerance => 0.06;

    protected override int RandomEpisodes => 4000;

    protected override Recall Create() => new(20);

    [Fact]
    public void Step_DelayOfTwo_ShowsTheDocumentedTable()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("Memory/Recall-v0?delay=2&symbols=3&distractors=0");
        batch.Reset(1);
        for (int episode = 0; episode < 20; episode++)
        {
            int cue = ScriptedPlayer.Hot(batch.Observations);
            Assert.InRange(cue, 0, 2);
            Assert.Equal(1, batch.Observations.ToArray().Sum());
            batch.Step([cue]);
            Assert.Equal([0, 0, 0, 0], batch.Observations);
            Assert.Equal(0, batch.Rewards[0]);
            batch.Step([cue]);
            Assert.Equal([0, 0, 0, 1], batch.Observations);
            Assert.False(batch.Terminated[0]);
            int answer = episode % 3;
            batch.Step([answer]);
            Assert.Equal([0, 0, 0, 0], batch.FinalObservations);
            Assert.Equal(answer == cue ? 1 : -1, batch.Rewards[0]);
            Assert.True(batch.Terminated[0]);
        }
    }

    [Fact]
    public void Step_DistractorBits_AreFairAndDrawnAnew()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("Memory/Recall-v0", 64);
        batch.Reset(1);
        var sums = new double[3];
        const int steps = 300;
        for (int t = 0; t < steps; t++)
        {
            batch.Step(new float[64]);
            for (int i = 0; i < 64; i++)
            {
                for (int bit = 0; bit < 3; bit++)
                {
                    sums[bit] += batch.Observations[8 * i + 5 + bit];
                }
            }
        }
        Assert.All(sums, sum => Assert.Equal(0.5, sum / (64 * steps), 0.02));
    }

    [Fact]
    public void Step_Reminder_ShowsTheCueBesideTheQuestionAlone()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(
            "Memory/Recall-v0?delay=2&symbols=3&distractors=0&reminder=true"
        );
        batch.Reset(1);
        int cue = ScriptedPlayer.Hot(batch.Observations);
        float[] question = [0, 0, 0, 1];
        question[cue] = 1;
        batch.Step([0]);
        Assert.Equal([0, 0, 0, 0], batch.Observations);
        batch.Step([0]);
        Assert.Equal(question, batch.Observations);
    }

    [Fact]
    public void Step_PlayerWithMemory_ReachesTheOptimum() =>
        Assert.Equal(1, ScriptedPlayer.MeanReturn(Id, 50, shown => ScriptedPlayer.Hot(shown[0].AsSpan(0, 4))));
}
