using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Xunit;

namespace Tests.Contracts;

/// <summary>What every native environment must keep; inherited once per environment id.</summary>
public abstract class EnvironmentContract<TEnvironment>
    where TEnvironment : struct, IEnvironment
{
    private const ulong Seed = 11;
    private const int Copies = 5;

    /// <summary>Name in the default registry.</summary>
    protected abstract string Id { get; }

    /// <summary>How far the measured mean return of random actions may lie from the registered one.</summary>
    protected abstract double RandomReturnTolerance { get; }

    /// <summary>Episodes over which the mean return of random actions is measured.</summary>
    protected virtual int RandomEpisodes => 256;

    /// <summary>Steps of random actions within which three episodes end.</summary>
    protected virtual int StepsOfThreeEpisodes => 20_000;

    /// <summary>Whether two resets show different observations.</summary>
    protected virtual bool StartsAtRandom => true;

    /// <summary>One copy, as the registry makes it.</summary>
    protected virtual TEnvironment Create() => new();

    /// <summary>A policy that does not finish before the time limit; false where there is none.</summary>
    protected virtual bool Prolong(ReadOnlySpan<float> observation, Span<float> action) => false;

    [Fact]
    public void Make_RegisteredId_GivesABatchOfThisSimulation()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id, 3);
        Assert.IsType<BatchedEnvironment<TEnvironment>>(batch);
        Assert.Equal(3, batch.Count);
        Assert.Equal(Id, batch.Spec.Id);
        Assert.Equal(Create().ObservationSpace, batch.Spec.ObservationSpace);
        Assert.Equal(Create().ActionSpace, batch.Spec.ActionSpace);
        Assert.NotEmpty(batch.Spec.Description);
    }

    [Fact]
    public void Step_SampledActions_ShowsMembersOfTheObservationSpace()
    {
        using IBatchedEnvironment batch = Make();
        Space space = batch.Spec.ObservationSpace;
        batch.Reset(Seed);
        RequireMembers(space, batch.Observations);
        var random = new Pcg64(1);
        var actions = new float[Copies * batch.Spec.ActionSpace.Size];
        for (int t = 0; t < 1500; t++)
        {
            Sample(batch, actions, ref random);
            batch.Step(actions);
            RequireMembers(space, batch.Observations);
            for (int i = 0; i < Copies; i++)
            {
                Assert.True(float.IsFinite(batch.Rewards[i]));
                if (batch.Terminated[i] || batch.Truncated[i])
                {
                    RequireMembers(space, batch.FinalObservations.Slice(i * space.Size, space.Size));
                }
            }
        }
    }

    [Fact]
    public void Step_SameSeedAndActions_RepeatsTheTrajectory()
    {
        using IBatchedEnvironment first = Make();
        using IBatchedEnvironment second = Make();
        first.Reset(Seed);
        second.Reset(Seed + 100);
        second.Reset(Seed);
        Assert.Equal(Record(first, 400, 2), Record(second, 400, 2));
    }

    [Fact]
    public void Reset_SeveralCopies_StartDifferently()
    {
        Assert.SkipUnless(StartsAtRandom, $"{Id} always starts the same way.");
        const int copies = 32; // few different first observations may be possible
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id, copies);
        batch.Reset(Seed);
        int size = batch.Spec.ObservationSpace.Size;
        bool same = true;
        for (int i = 1; i < copies; i++)
        {
            same &= batch.Observations[..size].SequenceEqual(batch.Observations.Slice(i * size, size));
        }
        Assert.False(same);
    }

    [Fact]
    public void Reset_CopyBOfASeed_EqualsCopyZeroOfTheSeedPlusB()
    {
        using IBatchedEnvironment batch = Make();
        using IBatchedEnvironment single = EnvironmentRegistry.Default.Make(Id);
        (int size, int actionSize) = (batch.Spec.ObservationSpace.Size, batch.Spec.ActionSpace.Size);
        const int copy = 3;
        batch.Reset(Seed);
        single.Reset(Seed + copy);
        var random = new Pcg64(3);
        var actions = new float[Copies * actionSize];
        for (int t = 0; t < 600; t++)
        {
            Assert.Equal(batch.Observations.Slice(copy * size, size), single.Observations);
            Sample(batch, actions, ref random);
            batch.Step(actions);
            single.Step(actions.AsSpan(copy * actionSize, actionSize));
            Assert.Equal(batch.Rewards[copy], single.Rewards[0]);
        }
    }

    [Fact]
    public void Step_EpisodeEnds_KeepsTheFinalObservationAndShowsTheNextFirstOne()
    {
        using IBatchedEnvironment batch = Make();
        (int size, int actionSize) = (batch.Spec.ObservationSpace.Size, batch.Spec.ActionSpace.Size);
        batch.Reset(Seed);
        TEnvironment simulation = Create();
        var stream = new Pcg64(Seed);
        var observation = new float[size];
        simulation.Reset(observation, ref stream);
        var random = new Pcg64(4);
        var actions = new float[Copies * actionSize];
        int steps = 0;
        for (int episodes = 0; episodes < 3; )
        {
            Assert.Equal(observation, batch.Observations[..size]);
            Sample(batch, actions, ref random);
            batch.Step(actions);
            StepResult result = simulation.Step(actions.AsSpan(0, actionSize), observation, ref stream);
            Assert.Equal(result.Reward, batch.Rewards[0]);
            Assert.Equal(result.Terminated, batch.Terminated[0]);
            if (batch.Terminated[0] || batch.Truncated[0])
            {
                Assert.Equal(observation, batch.FinalObservations[..size]);
                simulation.Reset(observation, ref stream);
                Assert.Equal(observation, batch.Observations[..size]); // which in a partial view may look like the final one
                episodes++;
            }
            Assert.True(++steps < StepsOfThreeEpisodes, "No episode ended.");
        }
    }

    [Fact]
    public void Step_AtTheTimeLimit_TruncatesAndDoesNotTerminate()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id);
        Assert.SkipWhen(batch.Spec.MaxEpisodeSteps is null, $"{Id} has no time limit.");
        int limit = batch.Spec.MaxEpisodeSteps.Value;
        var action = new float[batch.Spec.ActionSpace.Size];
        batch.Reset(Seed);
        for (int episode = 0; episode < 2; episode++)
        {
            for (int t = 1; t <= limit; t++)
            {
                Assert.SkipUnless(Prolong(batch.Observations, action), $"No policy for {Id} is known to reach the limit.");
                batch.Step(action);
                Assert.False(batch.Terminated[0], $"Terminated in step {t}.");
                Assert.Equal(t == limit, batch.Truncated[0]);
            }
        }
    }

    [Fact]
    public void LoadState_MidEpisode_ContinuesBitForBit()
    {
        using IBatchedEnvironment original = Make();
        original.Reset(Seed);
        Record(original, 37, 5);
        var state = new StateDictionary();
        original.SaveState(state);
        float[] expected = Record(original, 1100, 6);

        using IBatchedEnvironment restored = Make();
        restored.LoadState(state);
        Assert.Equal(expected, Record(restored, 1100, 6));
    }

    [Fact]
    public void LoadState_OfAnotherNumberOfCopies_Throws()
    {
        using IBatchedEnvironment original = Make();
        original.Reset(Seed);
        var state = new StateDictionary();
        original.SaveState(state);
        using IBatchedEnvironment other = EnvironmentRegistry.Default.Make(Id, Copies + 1);
        Assert.Throws<InvalidDataException>(() => other.LoadState(state));
    }

    [Fact]
    public void LoadState_OfCopiesThatWereNeverReset_Throws()
    {
        using IBatchedEnvironment original = Make();
        original.Reset(Seed);
        var state = new StateDictionary();
        original.SaveState(state);
        (string name, string type, byte[] bytes) = state.Entries.First(entry => entry.Name == "started");
        state.AddRaw(name, type, new byte[bytes.Length]); // a lie: all the rest is as it should be
        using IBatchedEnvironment other = Make();
        Assert.Throws<InvalidDataException>(() => other.LoadState(state));
    }

    [Fact]
    public void Step_BeforeReset_ThrowsAndSaysWhatToCall()
    {
        using IBatchedEnvironment batch = Make();
        var actions = new float[Copies * batch.Spec.ActionSpace.Size];
        var error = Assert.Throws<InvalidOperationException>(() => batch.Step(actions));
        Assert.Contains(Id, error.Message, StringComparison.Ordinal);
        Assert.Contains("Reset", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_InvalidAction_ThrowsAndNamesActionAndSpace()
    {
        using IBatchedEnvironment batch = Make();
        batch.Reset(Seed);
        Space space = batch.Spec.ActionSpace;
        float[] invalid = space is Discrete discrete
            ? [discrete.Count, -1, 0.5f, float.NaN]
            : [float.NaN, float.PositiveInfinity];
        foreach (float value in invalid)
        {
            var actions = new float[Copies * space.Size];
            actions[2 * space.Size] = value;
            var error = Assert.Throws<ArgumentException>(() => batch.Step(actions));
            Assert.Contains($"[{value}", error.Message, StringComparison.Ordinal);
            Assert.Contains("copy 2", error.Message, StringComparison.Ordinal);
            Assert.Contains(space.ToString(), error.Message, StringComparison.Ordinal);
            Assert.Contains(Id, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Step_WrongNumberOfActions_ThrowsAndNamesBothNumbers()
    {
        using IBatchedEnvironment batch = Make();
        batch.Reset(Seed);
        int size = batch.Spec.ActionSpace.Size;
        var error = Assert.Throws<ArgumentException>(() => batch.Step(new float[(Copies - 1) * size]));
        Assert.Contains($"{Copies} actions", error.Message, StringComparison.Ordinal);
        Assert.Contains($"{(Copies - 1) * size} floats were given", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_AfterWarmUp_AllocatesNothing()
    {
        using IBatchedEnvironment batch = Make();
        batch.Reset(Seed);
        var random = new Pcg64(7);
        var actions = new float[Copies * batch.Spec.ActionSpace.Size];
        long before = 0;
        for (int t = 0; t < 3000; t++)
        {
            if (t == 200)
            {
                before = GC.GetAllocatedBytesForCurrentThread();
            }
            Sample(batch, actions, ref random);
            batch.Step(actions);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Step_RandomActions_GiveTheRegisteredMeanReturn()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id, RandomEpisodes);
        Assert.SkipWhen(batch.Spec.RandomReturn is null, $"{Id} has no measured return of random actions.");
        batch.Reset(Seed);
        var random = new Pcg64(8);
        var actions = new float[RandomEpisodes * batch.Spec.ActionSpace.Size];
        var returns = new double[RandomEpisodes];
        var ended = new bool[RandomEpisodes];
        for (int remaining = RandomEpisodes; remaining > 0; )
        {
            Sample(batch, actions, ref random);
            batch.Step(actions);
            for (int i = 0; i < RandomEpisodes; i++)
            {
                if (!ended[i])
                {
                    returns[i] += batch.Rewards[i];
                    ended[i] = batch.Terminated[i] || batch.Truncated[i];
                    remaining -= ended[i] ? 1 : 0;
                }
            }
        }
        Assert.Equal(batch.Spec.RandomReturn.Value, returns.Average(), RandomReturnTolerance);
    }

    private IBatchedEnvironment Make() => EnvironmentRegistry.Default.Make(Id, Copies);

    private static void Sample(IBatchedEnvironment batch, Span<float> actions, ref Pcg64 random)
    {
        int size = batch.Spec.ActionSpace.Size;
        for (int i = 0; i < actions.Length; i += size)
        {
            batch.Spec.ActionSpace.Sample(ref random, actions.Slice(i, size));
        }
    }

    private static void RequireMembers(Space space, ReadOnlySpan<float> observations)
    {
        for (int i = 0; i < observations.Length; i += space.Size)
        {
            ReadOnlySpan<float> observation = observations.Slice(i, space.Size);
            if (!space.Contains(observation))
            {
                Assert.Fail($"[{string.Join(", ", observation.ToArray())}] is not in {space}.");
            }
        }
    }

    // Everything that the steps produced, one float after the other.
    private static float[] Record(IBatchedEnvironment batch, int steps, ulong actionSeed)
    {
        var random = new Pcg64(actionSeed);
        var actions = new float[batch.Count * batch.Spec.ActionSpace.Size];
        int size = batch.Spec.ObservationSpace.Size;
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
                if (batch.Terminated[i] || batch.Truncated[i])
                {
                    record.AddRange(batch.FinalObservations.Slice(i * size, size));
                }
            }
        }
        return [.. record];
    }
}
