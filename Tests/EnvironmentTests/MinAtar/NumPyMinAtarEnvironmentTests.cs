using Environments;
using Environments.MinAtar;
using Environments.Randomness;
using Environments.State;
using Xunit;

namespace Tests.EnvironmentTests.MinAtar;

public sealed class NumPyMinAtarEnvironmentTests
{
    private const ulong Seed = 17;

    // The order of the original: one number decides about the sticky action, then the game draws.
    [Fact]
    public void Step_SeveralEpisodes_DrawsFromOneStreamOfTheSeedInTheOriginalsOrder()
    {
        using IBatchedEnvironment batch = Make<Asterix>(3);
        batch.Reset(Seed);
        var random = new Mt19937(Seed + 2); // copy 2
        Asterix game = default;
        game.Reset(ref random);
        var executed = MinAtarAction.Wait;
        var choice = new Pcg64(1);
        var actions = new float[3];
        int episodes = 0;
        int repeated = 0;
        for (int t = 0; t < 2000; t++)
        {
            actions.AsSpan().Fill(choice.NextInt(0, 5));
            batch.Step(actions);
            if (random.NextDouble() >= 0.1)
            {
                executed = Asterix.MinimalActions[(int)actions[2]];
            }
            else
            {
                repeated++;
            }
            StepResult result = game.Step(executed, ref random);
            Assert.Equal((t, result.Reward), (t, batch.Rewards[2]));
            Assert.Equal((t, result.Terminated), (t, batch.Terminated[2]));
            if (result.Terminated)
            {
                game.Reset(ref random);
                episodes++;
            }
            Assert.Equal(Show(game), batch.Observations[(2 * 400)..].ToArray());
        }
        Assert.InRange(repeated, 150, 250);
        Assert.InRange(episodes, 10, 100);
    }

    [Fact]
    public void Reset_SameSeedAgain_ForgetsTheLatestActionAndRepeatsEverything()
    {
        using IBatchedEnvironment fresh = Make<Breakout>(64);
        using IBatchedEnvironment used = Make<Breakout>(64);
        used.Reset(1);
        used.Step(Fill(64, 1));
        fresh.Reset(Seed);
        used.Reset(Seed);
        Assert.Equal(Play(fresh, 50), Play(used, 50));
    }

    [Fact]
    public void Reset_SameSeedAgainWithTheFastGenerator_ForgetsTheLatestActionToo()
    {
        using IBatchedEnvironment fresh = EnvironmentRegistry.Default.Make("MinAtar/Breakout-v1", 64);
        using IBatchedEnvironment used = EnvironmentRegistry.Default.Make("MinAtar/Breakout-v1", 64);
        used.Reset(1);
        used.Step(Fill(64, 1));
        fresh.Reset(Seed);
        used.Reset(Seed);
        Assert.Equal(Play(fresh, 50), Play(used, 50));
    }

    [Fact]
    public void LoadState_MidEpisode_ContinuesTheStream()
    {
        using IBatchedEnvironment original = Make<Seaquest>(4);
        original.Reset(Seed);
        Play(original, 700);
        var state = new StateDictionary();
        original.SaveState(state);
        using IBatchedEnvironment restored = Make<Seaquest>(4);
        restored.LoadState(state);
        Assert.Equal(Play(original, 700), Play(restored, 700));
    }

    [Fact]
    public void Step_AfterWarmUp_AllocatesNothing()
    {
        using IBatchedEnvironment batch = Make<Freeway>(4);
        batch.Reset(Seed);
        float[] actions = Fill(4, 1);
        batch.Step(actions);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int t = 0; t < 6000; t++)
        {
            batch.Step(actions);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Reset_WithoutASeed_TakesOneFromTheGivenStream()
    {
        var environment = new NumPyMinAtarEnvironment<Freeway>(minimalActions: true);
        var stream = new Pcg64(3);
        var observation = new float[700];
        environment.Reset(observation, ref stream);
        var random = new Mt19937(new Pcg64(3).NextUInt32());
        Freeway game = default;
        game.Reset(ref random);
        Assert.Equal(Show(game), observation);
    }

    private static IBatchedEnvironment Make<TGame>(int count)
        where TGame : struct, IMinAtarGame
    {
        EnvironmentSpec spec = EnvironmentRegistry.Default.Find($"MinAtar/{typeof(TGame).Name}-v1");
        return MinAtarEnvironments.Batches<TGame>(spec, minimalActions: true, originalDraws: true)(count, null);
    }

    private static float[] Show<TGame>(in TGame game)
        where TGame : struct, IMinAtarGame
    {
        var cells = new float[100 * TGame.Channels];
        game.Observe(cells);
        return cells;
    }

    private static float[] Fill(int count, float action)
    {
        var actions = new float[count];
        Array.Fill(actions, action);
        return actions;
    }

    private static float[] Play(IBatchedEnvironment batch, int steps)
    {
        var record = new List<float>();
        var random = new Pcg64(6);
        var actions = new float[batch.Count];
        for (int t = 0; t < steps; t++)
        {
            for (int i = 0; i < actions.Length; i++)
            {
                batch.Spec.ActionSpace.Sample(ref random, actions.AsSpan(i, 1));
            }
            batch.Step(actions);
            record.AddRange(batch.Observations);
            record.AddRange(batch.Rewards);
        }
        return [.. record];
    }
}
