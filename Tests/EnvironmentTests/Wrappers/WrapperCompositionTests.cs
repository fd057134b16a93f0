using Environments;
using Environments.Randomness;
using Environments.State;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Wrappers;

public sealed class WrapperCompositionTests
{
    private const int Copies = 6;

    [Theory]
    [InlineData("Pendulum-v1")]
    [InlineData("MountainCarContinuous-v0")]
    public void LoadState_AllLayers_ContinueBitForBit(string id)
    {
        using IBatchedEnvironment original = Wrap(id);
        original.Reset(3);
        Record(original, 137, 1);
        var state = new StateDictionary();
        original.SaveState(state);
        float[] shown = original.Observations.ToArray();
        float[] expected = Record(original, 1200, 2);

        using IBatchedEnvironment restored = Wrap(id);
        restored.LoadState(state);
        Assert.Equal(shown, restored.Observations);
        Assert.Equal(expected, Record(restored, 1200, 2));
    }

    [Fact]
    public void SaveState_NestedLayers_LieInNestedScopes()
    {
        using IBatchedEnvironment environment = new FrameStack(
            new ObservationNormalization(EnvironmentRegistry.Default.Make("Pendulum-v1")),
            2
        );
        environment.Reset(0);
        var state = new StateDictionary();
        environment.SaveState(state);
        Assert.True(state.Contains("wrapper.observations"));
        Assert.True(state.Contains("inner.wrapper.mean"));
        Assert.True(state.Contains("inner.inner.randoms"));
    }

    [Fact]
    public void Step_AllLayers_AllocateNothing()
    {
        using IBatchedEnvironment environment = Wrap("Pendulum-v1");
        environment.Reset(3);
        var random = new Pcg64(4);
        var actions = new float[Copies];
        long before = 0;
        for (int t = 0; t < 1500; t++)
        {
            if (t == 300)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            foreach (ref float action in actions.AsSpan())
            {
                action = (float)(3 * random.NextGaussian());
            }
            environment.Step(actions);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Dispose_OuterLayer_DisposesTheInnermost()
    {
        var inner = new ScriptedEnvironment(0);
        new RewardClip(new EpisodeStatistics(inner)).Dispose();
        Assert.True(inner.IsDisposed);
    }

    private static FrameStack Wrap(string id) =>
        new(
            new RewardClip(
                new RewardNormalization(
                    new ObservationNormalization(new EpisodeStatistics(EnvironmentRegistry.Default.Make(id, Copies)))
                ),
                -5,
                5
            ),
            4
        );

    private static float[] Record(IBatchedEnvironment environment, int steps, ulong seed)
    {
        var random = new Pcg64(seed);
        var actions = new float[environment.Count];
        int size = environment.Spec.ObservationSpace.Size;
        var record = new List<float>();
        for (int t = 0; t < steps; t++)
        {
            foreach (ref float action in actions.AsSpan())
            {
                action = (float)(3 * random.NextGaussian());
            }
            environment.Step(actions);
            record.AddRange(environment.Observations);
            record.AddRange(environment.Rewards);
            for (int i = 0; i < environment.Count; i++)
            {
                if (environment.Terminated[i] || environment.Truncated[i])
                {
                    record.AddRange(environment.FinalObservations.Slice(i * size, size));
                }
            }
        }
        return [.. record];
    }
}
