using Environments;
using Environments.Randomness;
using Environments.State;
using SkiaSharp;
using Xunit;

namespace Tests.EnvironmentTests.MuJoCo;

/// <summary>What every task must keep. As <c>EnvironmentContract</c>, with fewer steps: these cost a thousand times those of the classic tasks.</summary>
public sealed class MuJoCoContractTests : RequiresMuJoCo
{
    private const ulong Seed = 11;
    private const int Copies = 3;

    [Theory]
    [MemberData(nameof(Ids))]
    public void Step_SampledActions_GiveFiniteNumbersInSpacesOfTheDeclaredSize(string id)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id, Copies);
        batch.Reset(Seed);
        float[] record = Record(batch, 120, 1);
        Assert.Equal(120 * Copies * (batch.Spec.ObservationSpace.Size + 2), record.Length);
        Assert.All(record, value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Step_SameSeedAndActions_RepeatsTheTrajectory(string id)
    {
        using IBatchedEnvironment first = EnvironmentRegistry.Default.Make(id, Copies);
        using IBatchedEnvironment second = EnvironmentRegistry.Default.Make(id, Copies);
        first.Reset(Seed);
        second.Reset(Seed + 100);
        Record(second, 30, 9);
        second.Reset(Seed);
        Assert.Equal(Record(first, 100, 2), Record(second, 100, 2));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void LoadState_MidEpisode_ContinuesBitForBit(string id)
    {
        using IBatchedEnvironment original = EnvironmentRegistry.Default.Make(id, Copies);
        original.Reset(Seed);
        Record(original, 17, 5);
        var state = new StateDictionary();
        original.SaveState(state);
        float[] expected = Record(original, 120, 6);

        using IBatchedEnvironment restored = EnvironmentRegistry.Default.Make(id, Copies);
        restored.LoadState(state);

        Assert.Equal(expected, Record(restored, 120, 6));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Step_OnTwoThreads_GivesTheBitsOfOne(string id)
    {
        using IBatchedEnvironment one = EnvironmentRegistry.Default.Make(id, Copies);
        using var two = new ParallelEnvironment(size => EnvironmentRegistry.Default.Make(id, size), Copies, 2);
        one.Reset(Seed);
        two.Reset(Seed);
        Assert.Equal(Record(one, 60, 7), Record(two, 60, 7));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Step_AfterWarmUp_AllocatesNothing(string id)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id, Copies);
        batch.Reset(Seed);
        var random = new Pcg64(7);
        var actions = new float[Copies * batch.Spec.ActionSpace.Size];
        long before = 0;
        for (int t = 0; t < 160; t++)
        {
            if (t == 60)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            Sample(batch, actions, ref random);
            batch.Step(actions);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("Hopper-v5", 200, 4)]
    [InlineData("Walker2d-v5", 200, 1.5)]
    [InlineData("Ant-v5", 24, 40)]
    [InlineData("Humanoid-v5", 40, 20)]
    [InlineData("InvertedPendulum-v5", 400, 0.5)]
    [InlineData("InvertedDoublePendulum-v5", 400, 4)]
    [InlineData("Reacher-v5", 100, 1.5)]
    [InlineData("Pusher-v5", 40, 5)]
    [InlineData("HalfCheetah-v5", 12, 90)]
    [InlineData("Swimmer-v5", 12, 15)]
    public void Step_RandomActions_GiveTheRegisteredMeanReturn(string id, int episodes, double tolerance)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id, episodes);
        batch.Reset(Seed);
        var random = new Pcg64(8);
        var actions = new float[episodes * batch.Spec.ActionSpace.Size];
        var returns = new double[episodes];
        var active = new bool[episodes];
        Array.Fill(active, true);
        while (active.Contains(true))
        {
            Sample(batch, actions, ref random);
            batch.StepSome(actions, active);
            for (int i = 0; i < episodes; i++)
            {
                returns[i] += batch.Rewards[i];
                active[i] &= !batch.Terminated[i] && !batch.Truncated[i];
            }
        }
        Assert.Equal(batch.Spec.RandomReturn!.Value, returns.Average(), tolerance);
    }

    [Theory]
    [InlineData("Reacher-v5", 50)]
    [InlineData("Pusher-v5", 100)]
    public void Step_AtTheTimeLimit_TruncatesAndDoesNotTerminate(string id, int limit)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id);
        batch.Reset(Seed);
        var action = new float[batch.Spec.ActionSpace.Size];
        for (int t = 1; t <= 2 * limit; t++)
        {
            batch.Step(action);
            Assert.False(batch.Terminated[0]);
            Assert.Equal(t % limit == 0, batch.Truncated[0]);
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Render_TwoStates_PaintsOverAllAndShowsTheDifference(string id)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id);
        batch.Reset(Seed);
        byte[] first = Draw(batch, SKColors.Magenta);
        Assert.Equal(first, Draw(batch, SKColors.Cyan));
        Record(batch, 3, 4);
        Assert.NotEqual(first, Draw(batch, SKColors.Magenta));
    }

    private static byte[] Draw(IBatchedEnvironment batch, SKColor background)
    {
        SKSizeI size = batch.Rendering!.Value.Size;
        using var bitmap = new SKBitmap(size.Width, size.Height);
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(background);
        batch.Render(0, canvas);
        canvas.Flush();
        return bitmap.Bytes;
    }

    private static void Sample(IBatchedEnvironment batch, Span<float> actions, ref Pcg64 random)
    {
        int size = batch.Spec.ActionSpace.Size;
        for (int i = 0; i < actions.Length; i += size)
        {
            batch.Spec.ActionSpace.Sample(ref random, actions.Slice(i, size));
        }
    }

    private static float[] Record(IBatchedEnvironment batch, int steps, ulong actionSeed)
    {
        var random = new Pcg64(actionSeed);
        var actions = new float[batch.Count * batch.Spec.ActionSpace.Size];
        var record = new List<float>();
        for (int t = 0; t < steps; t++)
        {
            Sample(batch, actions, ref random);
            batch.Step(actions);
            record.AddRange(batch.Observations);
            record.AddRange(batch.Rewards);
            for (int i = 0; i < batch.Count; i++)
            {
                record.Add((batch.Terminated[i] ? 1 : 0) + (batch.Truncated[i] ? 2 : 0));
            }
        }
        return [.. record];
    }
}
