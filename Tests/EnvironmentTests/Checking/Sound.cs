using Environments;
using Environments.Checking;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Xunit;

namespace Tests.EnvironmentTests.Checking;

/// <summary>An environment with nothing wrong: a walk of random length. Broken ones derive from it and change one thing.</summary>
internal class Sound : IEnvironment, ISavableEnvironment
{
    protected int Left { get; set; }

    protected float Place { get; set; }

    public virtual Space ObservationSpace { get; } = new Box(-20, 20, 2);

    public virtual Space ActionSpace { get; } = new Discrete(2);

    public virtual void Reset(Span<float> observation, ref Pcg64 random)
    {
        Left = random.NextInt(4, 9);
        Place = (float)random.NextUniform(-1, 1);
        Show(observation);
    }

    public virtual StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        Place += action[0] - 0.5f;
        Left--;
        Show(observation);
        return new StepResult(1, Left <= 0);
    }

    public virtual void SaveState(StateDictionary state)
    {
        state.Set("left", Left);
        state.Set("place", Place);
    }

    public void LoadState(StateDictionary state)
    {
        Left = state.Contains("left") ? state.Get<int>("left") : Left;
        Place = state.Get<float>("place");
    }

    protected virtual void Show(Span<float> observation)
    {
        observation[0] = Place;
        observation[1] = Left;
    }

    /// <summary>What the checks find in an environment of one's own.</summary>
    public static CheckReport Check<TEnvironment>(Func<TEnvironment> create, CheckSettings? settings = null, int? limit = 50)
        where TEnvironment : IEnvironment
    {
        var registry = new EnvironmentRegistry();
        registry.Register("Own/Checked-v0", create, spec => spec with { MaxEpisodeSteps = limit });
        return EnvironmentChecker.Check("Own/Checked-v0", registry, settings ?? new CheckSettings { Steps = 120 });
    }

    /// <summary>What the checks find in a batch of one's own around a sound environment.</summary>
    public static CheckReport Check(Func<IBatchedEnvironment, IBatchedEnvironment> batched, int? limit = 50)
    {
        var registry = new EnvironmentRegistry();
        EnvironmentSpec spec = new("Own/Batch-v0", new Sound().ObservationSpace, new Sound().ActionSpace)
        {
            MaxEpisodeSteps = limit,
        };
        registry.Register(
            spec,
            (count, steps) =>
                batched(new BatchedEnvironment<Sound>(spec with { MaxEpisodeSteps = steps }, () => new Sound(), count))
        );
        return EnvironmentChecker.Check(spec.Id, registry, new CheckSettings { Steps = 120 });
    }

    /// <summary>Requires that no check failed.</summary>
    public static void RequirePassed(CheckReport report) =>
        Assert.True(report.Passed, string.Join('\n', report.Of(CheckOutcome.Failed)));

    /// <summary>Requires that one check, and no other, ended in the given way and found what is wrong.</summary>
    public static void RequireOnly(CheckReport report, string name, string found, CheckOutcome outcome = CheckOutcome.Failed)
    {
        Assert.Equal(outcome == CheckOutcome.Failed ? [name] : [], report.Of(CheckOutcome.Failed).Select(result => result.Name));
        CheckResult result = report.Results.Single(each => each.Name == name);
        Assert.Equal(outcome, result.Outcome);
        Assert.Contains(found, result.Found, StringComparison.Ordinal);
        Assert.NotEmpty(result.Advice);
    }
}
