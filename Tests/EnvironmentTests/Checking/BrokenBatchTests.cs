using Environments;
using Environments.Checking;
using Environments.Wrappers;
using Xunit;

namespace Tests.EnvironmentTests.Checking;

/// <summary>Batches of one's own, each of which breaks one thing that the loop around simulations takes care of otherwise.</summary>
public sealed class BrokenBatchTests
{
    [Fact]
    public void Check_NothingBroken_Passes() => Sound.RequirePassed(Sound.Check(inner => new Forwarding(inner)));

    [Fact]
    public void Check_TooFewRewards_FailsShapes() =>
        Assert.Contains(
            "Rewards of 3 copies has 2 elements where 3 belong",
            Sound.Check(inner => new ShortRewards(inner)).Results.Single(result => result.Name == "shapes").Found
        );

    [Fact]
    public void Check_RewardAfterAReset_FailsRewards() =>
        Assert.Contains(
            "A reset gives copy 0 the reward 5",
            Sound.Check(inner => new EarlyReward(inner)).Results.Single(result => result.Name == "rewards").Found
        );

    [Fact]
    public void Check_ActionsThatAreNone_FailsActionsRefused() =>
        Sound.RequireOnly(Sound.Check(inner => new TakesAll(inner)), "actions refused", "is taken without a word");

    [Fact]
    public void Check_RestingCopiesThatStep_FailsRestingCopies() =>
        Sound.RequireOnly(Sound.Check(inner => new NeverRests(inner)), "resting copies", "should rest");

    [Fact]
    public void Check_CopiesSeededAlike_FailsCopies() =>
        Sound.RequireOnly(
            Sound.Check(inner => new SeededAlike(inner)),
            "copies",
            "is not what a single copy of seed 3 is in step 0"
        );

    [Fact]
    public void Check_ResetInTheNextStep_FailsAutoreset() =>
        Sound.RequireOnly(Sound.Check(inner => new Late(inner)), "autoreset", "It resets by NextStep");

    [Fact]
    public void Check_FinalObservationOfTheNextEpisode_FailsFinalObservation() =>
        Sound.RequireOnly(Sound.Check(inner => new Lost(inner)), "final observation", "is the first one of the next episode");

    [Fact]
    public void Check_FinalObservationInTheSameMemory_FailsFinalObservation() =>
        Sound.RequireOnly(Sound.Check(inner => new SameMemory(inner)), "final observation", "the same memory");

    [Fact]
    public void Check_FinalObservationThatIsNeverWritten_NotesIt() =>
        Sound.RequireOnly(
            Sound.Check(inner => new NeverWritten(inner)),
            "final observation",
            "is the row that stood there at the beginning",
            CheckOutcome.Noted
        );

    [Fact]
    public void Check_LimitThatIsPassed_FailsStepLimit() =>
        Sound.RequireOnly(Sound.Check(inner => new Overlong(inner), limit: 6), "step limit", "though the limit is 5");

    /// <summary>What every batch here does right.</summary>
    private class Forwarding(IBatchedEnvironment inner) : BatchedEnvironmentWrapper(inner)
    {
        public override void StepSome(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active) => Inner.StepSome(actions, active);
    }

    private sealed class ShortRewards(IBatchedEnvironment inner) : Forwarding(inner)
    {
        public override ReadOnlySpan<float> Rewards => base.Rewards[1..];
    }

    private sealed class EarlyReward(IBatchedEnvironment inner) : Forwarding(inner)
    {
        private bool _atReset;

        public override ReadOnlySpan<float> Rewards => _atReset ? [5f, 5f, 5f] : base.Rewards;

        public override void Reset(ulong seed)
        {
            base.Reset(seed);
            _atReset = Count == 3;
        }

        public override void Step(ReadOnlySpan<float> actions)
        {
            base.Step(actions);
            _atReset = false;
        }
    }

    private sealed class TakesAll(IBatchedEnvironment inner) : Forwarding(inner)
    {
        public override void Step(ReadOnlySpan<float> actions)
        {
            float[] possible = [.. actions.ToArray().Select(action => action == 1 ? 1f : 0f)];
            base.Step(possible);
        }
    }

    private sealed class NeverRests(IBatchedEnvironment inner) : Forwarding(inner)
    {
        public override void StepSome(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active) => Inner.Step(actions);
    }

    private sealed class SeededAlike(IBatchedEnvironment inner) : Forwarding(inner)
    {
        public override void Reset(ulong seed) => base.Reset(Count == 1 ? seed : seed - 2);
    }

    private sealed class Late(IBatchedEnvironment inner) : IBatchedEnvironment
    {
        public EnvironmentSpec Spec => inner.Spec;
        public int Count => inner.Count;
        public AutoresetMode AutoresetMode => AutoresetMode.NextStep;
        public ReadOnlySpan<float> Observations => inner.Observations;
        public ReadOnlySpan<float> FinalObservations => inner.FinalObservations;
        public ReadOnlySpan<float> Rewards => inner.Rewards;
        public ReadOnlySpan<bool> Terminated => inner.Terminated;
        public ReadOnlySpan<bool> Truncated => inner.Truncated;
        public bool CanSaveState => inner.CanSaveState;

        public void Reset(ulong seed) => inner.Reset(seed);

        public void Step(ReadOnlySpan<float> actions) => inner.Step(actions);

        public void StepSome(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active) => inner.StepSome(actions, active);

        public void SaveState(Environments.State.StateDictionary state) => inner.SaveState(state);

        public void LoadState(Environments.State.StateDictionary state) => inner.LoadState(state);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Lost(IBatchedEnvironment inner) : Forwarding(inner)
    {
        public override ReadOnlySpan<float> FinalObservations => base.Observations.ToArray();
    }

    private sealed class SameMemory(IBatchedEnvironment inner) : Forwarding(inner)
    {
        public override ReadOnlySpan<float> FinalObservations => base.Observations;
    }

    private sealed class NeverWritten(IBatchedEnvironment inner) : Forwarding(inner)
    {
        private readonly float[] _nothing = new float[inner.FinalObservations.Length];

        public override ReadOnlySpan<float> FinalObservations => _nothing;
    }

    private sealed class Overlong(IBatchedEnvironment inner) : Forwarding(inner)
    {
        public override EnvironmentSpec Spec => base.Spec with { MaxEpisodeSteps = 5 };
    }
}
