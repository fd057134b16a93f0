using Agents.Networks;
using Agents.Networks.Cores.Own;
using Agents.Programs;
using Agents.Yaml;
using Learners.ActorCritic;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Configuration;
using Learners.Ppo;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Configuration;

/// <summary>What is refused; nothing here is taken in, since the whole process would know it. Parts that are: <see cref="SampleTests.ExtendTests"/>.</summary>
public sealed class OwnPartsTests
{
    [Theory]
    [InlineData("linear", "The name 'linear' is that of another schedule.")]
    [InlineData("Cosine", "is no name of settings")]
    [InlineData("", "is no name of settings")]
    public void Register_ScheduleOfANameThatCannotBe_SaysWhy(string name, string reason)
    {
        var error = Assert.Throws<ArgumentException>(() => OwnParts.Register(new NamedSchedule(name)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lstm", "The name 'lstm' is that of another core.")]
    [InlineData("gru", "The name 'gru' is that of another core.")]
    [InlineData("hidden_sizes", "is a key of every network's settings")]
    public void Register_CoreOfANameThatCannotBe_SaysWhy(string name, string reason)
    {
        var error = Assert.Throws<ArgumentException>(() => OwnParts.Register(new NamedCore(name)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Register_LossOfTheFrameworksName_SaysSo()
    {
        var error = Assert.Throws<ArgumentException>(() => OwnParts.Register(new NamedLoss("reward_prediction")));
        Assert.Contains(
            "The name 'reward_prediction' is that of another auxiliary part",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void RegisterAssembly_PartsWithoutAPlainConstructor_SaysWhichOne()
    {
        var error = Assert.Throws<InvalidDataException>(() => OwnParts.RegisterAssembly(typeof(OwnPartsTests).Assembly));
        Assert.Contains("cannot be made by its name", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<InvalidDataException>(() => OwnParts.RegisterAssembly(typeof(string).Assembly));
        Assert.Contains("has no parts", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ScheduleKind_UnknownWordInAFile_NamesThoseThatThereAre()
    {
        var error = Assert.Throws<SettingsException>(() =>
            SettingsSources.Load("CartPole-v1", "ppo", null, ["ppo.learning_rate_schedule=linaer"])
        );
        Assert.Contains("must be one of constant, linear", error.Message, StringComparison.Ordinal);
    }

    /// <summary>−weight × entropy is what the entropy bonus is, so that both give the same parameters.</summary>
    [Fact]
    public async Task OwnLoss_OfTheEntropy_IsTheEntropyBonus()
    {
        string built = await Train(
            new PpoSettings
            {
                Copies = 4,
                UnrollLength = 32,
                EntropyCoefficient = 0.25f,
            }
        );
        string own = await Train(
            new PpoSettings
            {
                Copies = 4,
                UnrollLength = 32,
                EntropyCoefficient = 0,
                Auxiliary = [new NamedLoss("own_entropy") { Weight = 0.25f }],
            }
        );
        string none = await Train(
            new PpoSettings
            {
                Copies = 4,
                UnrollLength = 32,
                EntropyCoefficient = 0,
            }
        );

        Assert.Equal(built, own);
        Assert.NotEqual(none, own);
    }

    private static async Task<string> Train(PpoSettings agent)
    {
        TrainingResult result = await Trainer.TrainAsync(
            new TrainingSettings
            {
                TotalSteps = 128, // more of it, and sums in another order would show
                Agent = agent,
                Network = new NetworkSettings { HiddenSizes = [8] },
                Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
            },
            new TrainingOptions { InMemory = true },
            TestContext.Current.CancellationToken
        );
        return string.Join(' ', result.Policy.Parameters.ToArray().Select(number => number.ToString("F4", null)));
    }

    private sealed class NamedSchedule(string name) : Schedule
    {
        public override string Name => name;

        public override string Description => "for a test";

        public override double At(double progress) => 1;
    }

    private sealed record NamedLoss(string Word) : OwnLossSettings
    {
        public override string Name => Word;

        public override string Description => "for a test";

        public override Value Loss(LossInputs inputs) => -inputs.Mean(inputs.Entropy);
    }

    private sealed record NamedCore(string Word) : OwnCoreSettings
    {
        public override string Core => Word;

        public override string Description => "for a test";

        public override IReadOnlyList<CorePart> StateOf(int size) => [];

        public override void Declare(CoreParameters parameters, int inputs, int size) => parameters.Dense("layer", inputs, size);

        public override Value Step(CoreCell cell) => cell.Dense(cell.Input, "layer");
    }
}
