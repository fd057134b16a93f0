using Environments;
using Environments.Checking;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Tests.EnvironmentTests.Remote;
using Tests.Waits;
using Xunit;

namespace Tests.EnvironmentTests.Checking;

/// <summary>Each environment breaks one thing, and exactly the check of that thing fails.</summary>
public sealed class BrokenEnvironmentTests
{
    [Fact]
    public void Check_NothingBroken_Passes()
    {
        CheckReport report = Sound.Check(() => new Sound());

        Sound.RequirePassed(report);
        Assert.Equal(EnvironmentChecker.Names, report.Results.Select(result => result.Name));
        Assert.All(
            ["all written", "same seed", "other seeds", "copies", "autoreset", "earlier episodes", "saved state", "disposal"],
            name => Assert.Equal(CheckOutcome.Passed, report.Results.Single(result => result.Name == name).Outcome)
        );
    }

    [Fact]
    public void Check_SpacesThatDifferBetweenCopies_FailsSpaces() =>
        Sound.RequireOnly(Sound.Check(() => new OtherSpaces()), "spaces", "One copy has");

    [Fact]
    public void Check_BytesThatAreNone_FailsElementTypesOnly() =>
        Sound.RequireOnly(Sound.Check(() => new HalfBytes()), "element types", "0.9");

    [Fact]
    public void Check_ObservationThatIsNotANumber_FailsElementTypes() =>
        Assert.Contains(
            Sound.Check(() => new NotANumber()).Of(CheckOutcome.Failed),
            result => result.Name == "element types" && result.Found.Contains("holds NaN as element 0", StringComparison.Ordinal)
        );

    [Fact]
    public void Check_ObservationBeyondItsBounds_FailsBounds() =>
        Sound.RequireOnly(Sound.Check(() => new TooFar()), "bounds", "holds 21 in element 0, where -20 to 20 belongs");

    [Fact]
    public void Check_FinalObservationThatIsNotWritten_FailsAllWritten() =>
        Sound.RequireOnly(Sound.Check(() => new Lazy()), "all written", "Element 0 of the final observation was not written");

    [Fact]
    public void Check_RewardThatIsInfinite_FailsRewards() =>
        Sound.RequireOnly(Sound.Check(() => new Rich(float.PositiveInfinity)), "rewards", "reward");

    [Fact]
    public void Check_RewardThatIsHuge_NotesIt() =>
        Sound.RequireOnly(Sound.Check(() => new Rich(1e8f)), "rewards", "within 0 to", CheckOutcome.Noted);

    [Fact]
    public void Check_ActionThatRaises_FailsActionsTakenFirst()
    {
        CheckReport report = Sound.Check(() => new Afraid());

        Assert.Contains(
            report.Of(CheckOutcome.Failed),
            result => result.Found.Contains("DivideByZeroException", StringComparison.Ordinal)
        );
        Assert.Contains(report.Of(CheckOutcome.Failed), result => result.Name == "actions taken");
    }

    [Fact]
    public void Check_ChanceFromElsewhere_FailsSameSeed() =>
        Assert.Contains("same seed", Failed(Sound.Check(() => new Unseeded())));

    [Fact]
    public void Check_GeneratorWithAFixedSeed_FailsOtherSeeds() =>
        Assert.Contains(
            "all give the same play, though its episodes begin differently",
            Sound.Check(() => new FixedSeed()).Of(CheckOutcome.Failed).Single(result => result.Name == "other seeds").Found
        );

    [Fact]
    public void Check_StateSharedBetweenCopies_FailsCopies() =>
        Assert.Contains("copies", Failed(Sound.Check(() => new Shared())));

    [Fact]
    public void Check_CounterThatResetForgets_FailsAutoreset() =>
        Assert.Contains("autoreset", Failed(Sound.Check(() => new Tired())));

    [Fact]
    public void Check_StructThatRemembersEpisodes_NotesIt() =>
        Sound.RequireOnly(
            Sound.Check(() => new Remembering()),
            "earlier episodes",
            "depends on the one before",
            CheckOutcome.Noted
        );

    [Fact]
    public void Check_StateThatIsSavedInPart_FailsSavedState() =>
        Sound.RequireOnly(Sound.Check(() => new Forgetful()), "saved state", "After its state was loaded");

    [Fact]
    [ShortTime("No step is as short.")]
    public void Check_StepThatTakesTooLong_FailsTiming() =>
        Sound.RequireOnly(
            Sound.Check(() => new Slow(), new CheckSettings { Steps = 10, SlowestStep = TimeSpan.FromTicks(1) }),
            "timing",
            "are allowed"
        );

    [Fact]
    public void Check_DisposeThatWorksOnce_FailsDisposal() =>
        Sound.RequireOnly(Sound.Check(() => new Disposable()), "disposal", "ObjectDisposedException");

    [Fact]
    public void Check_DisposeOfWhatOthersUse_FailsDisposal() =>
        Assert.Contains(
            "After another batch was disposed",
            Sound.Check(() => new Library()).Results.Single(result => result.Name == "disposal").Found
        );

    [Theory]
    [InlineData("InfoIsAList", "info", "is no dictionary")]
    [InlineData("Unseeded", "same seed", "another play")]
    [InlineData("FixedSeed", "other seeds", "begin differently")]
    [InlineData("TooFar", "bounds", "where -1 to 1 belongs")]
    [InlineData("OldInterface", "element types", "not enough values to unpack")]
    public void Check_BrokenEnvironmentInPython_FailsTheSameChecks(string name, string check, string found)
    {
        _ = PythonCases.Settings; // puts the module on Python's path
        CheckReport report = EnvironmentChecker.Check(
            $"gym:checked_cases:{name}?lane=inprocess",
            settings: new CheckSettings { Steps = 60 }
        );

        CheckResult result = report.Results.Single(each => each.Name == check);
        Assert.Equal(CheckOutcome.Failed, result.Outcome);
        Assert.Contains(found, result.Found, StringComparison.Ordinal);
    }

    private static string[] Failed(CheckReport report) => [.. report.Of(CheckOutcome.Failed).Select(result => result.Name)];

    private sealed class OtherSpaces : Sound
    {
        private static int s_made;
        private readonly Space _space = new Box(-20, 20 + Interlocked.Increment(ref s_made), 2);

        public override Space ObservationSpace => _space;
    }

    private sealed class HalfBytes : Sound
    {
        public override Space ObservationSpace { get; } = new Box(0, 255, 2) { ElementType = ElementType.UInt8 };

        protected override void Show(Span<float> observation)
        {
            observation[0] = 1;
            observation[1] = 0.9f;
        }
    }

    private sealed class NotANumber : Sound
    {
        protected override void Show(Span<float> observation) => observation.Fill(Left == 3 ? float.NaN : Left);
    }

    private sealed class TooFar : Sound
    {
        protected override void Show(Span<float> observation)
        {
            base.Show(observation);
            observation[0] = Left == 3 ? 21 : Place;
        }
    }

    private sealed class Lazy : Sound
    {
        protected override void Show(Span<float> observation)
        {
            if (Left > 0)
            {
                base.Show(observation);
            }
        }
    }

    private sealed class Rich(float reward) : Sound
    {
        public override StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random) =>
            base.Step(action, observation, ref random) with
            {
                Reward = Left == 3 ? reward : 0,
            };
    }

    private sealed class Afraid : Sound
    {
        public override StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            int half = 1 / (1 - (int)action[0]);
            return base.Step(action, observation, ref random) with { Reward = half };
        }
    }

    private sealed class Unseeded : Sound
    {
        private readonly Random _random = new();

        public override void Reset(Span<float> observation, ref Pcg64 random)
        {
            base.Reset(observation, ref random);
            Place = (float)_random.NextDouble();
            Show(observation);
        }
    }

    private sealed class FixedSeed : Sound, ISeededEnvironment
    {
        private Random _random = new(7);

        public void Seed(ulong seed) => _random = new Random(7);

        public override void Reset(Span<float> observation, ref Pcg64 random)
        {
            Left = _random.Next(4, 9);
            Place = (float)_random.NextDouble();
            Show(observation);
        }
    }

    private sealed class Shared : Sound
    {
        private static float s_place;

        public override StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            s_place = (s_place + action[0]) % 7;
            Place = s_place;
            return base.Step(action, observation, ref random);
        }
    }

    private sealed class Tired : Sound
    {
        private int _steps;

        public override StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random) =>
            base.Step(action, observation, ref random) with
            {
                Terminated = ++_steps >= 5,
            };
    }

    private struct Remembering : IEnvironment
    {
        private int _episodes;
        private int _steps;

        public readonly Space ObservationSpace => new Box(0, 1_000, 1);

        public readonly Space ActionSpace => new Discrete(2);

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            _steps = random.NextInt(0, 2);
            observation[0] = ++_episodes;
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            observation[0] = _episodes;
            return new StepResult(0, ++_steps == 6);
        }
    }

    private sealed class Forgetful : Sound
    {
        public override void SaveState(StateDictionary state) => state.Set("place", Place);
    }

    [ShortTime("However little it sleeps, a tick is shorter.")]
    private sealed class Slow : Sound
    {
        public override StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            Thread.Sleep(1);
            return base.Step(action, observation, ref random);
        }
    }

    private sealed class Disposable : Sound, IDisposable
    {
        private bool _disposed;

        public void Dispose()
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _disposed = true;
        }
    }

    /// <summary>Unloads what all copies use.</summary>
    private sealed class Library : Sound, IDisposable
    {
        private static int[]? s_loaded;

        public override void Reset(Span<float> observation, ref Pcg64 random)
        {
            s_loaded ??= [1];
            base.Reset(observation, ref random);
        }

        public override StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random) =>
            base.Step(action, observation, ref random) with
            {
                Reward = s_loaded![0],
            };

        public void Dispose() => s_loaded = null;
    }
}
