using Agents.Policies;
using Agents.Yaml;
using Environments.State;
using Learners.Checkpoints;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class TrainingSessionTests : IDisposable
{
    private const long Steps = 4_096;

    private static readonly string[] Small =
    [
        "total_steps=4096",
        "evaluation.final_episodes=2",
        "evaluation.episodes=0",
        "network.hidden_sizes=[8, 8]",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("ppo", "wrappers.normalize_observations=true", "ppo.unroll_length=64")]
    [InlineData("acktr", "acktr.unroll_length=32")]
    [InlineData("impala", "impala.unroll_length=32")]
    [InlineData("vmpo", "network.core=lstm", "network.core_size=8", "vmpo.unroll_length=64")]
    public async Task AdvanceAsync_InPieces_LearnsWhatARunLearns(string agent, params string[] more)
    {
        TrainingSettings settings = Settings(agent, more);
        TrainingResult run = await Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In("run") });
        using TrainingSession session = TrainingSession.Create(settings);

        long taken = await session.AdvanceAsync(1);
        Assert.Equal(settings.Agent.StepsPerUnroll, taken);
        session.Evaluate(1);
        taken += await session.AdvanceAsync(1_000);
        using (session.ToPolicy())
        {
            taken += await session.AdvanceAsync(long.MaxValue);
        }

        Assert.True(session.IsDone);
        Assert.Equal((run.EnvironmentSteps, run.Updates), (taken, session.Updates));
        Assert.Equal(run.ParameterHash, Hash(session));
        Assert.Equal(0, await session.AdvanceAsync(1));
    }

    [Fact]
    public async Task Load_OfASavedSession_GoesOnBitForBit()
    {
        TrainingSettings settings = Settings("ppo", "wrappers.normalize_observations=true");
        using TrainingSession whole = TrainingSession.Create(settings);
        await whole.AdvanceAsync(Steps / 2);
        whole.Save(_folder.In("saved"));
        using TrainingSession half = TrainingSession.Load(_folder.In("saved"));
        Assert.Equal((whole.Steps, whole.Updates, whole.Episodes), (half.Steps, half.Updates, half.Episodes));
        await whole.AdvanceAsync(Steps);
        await half.AdvanceAsync(Steps);
        TrainingResult resumed = await Trainer.ResumeAsync(_folder.In("saved"));

        Assert.Equal(Hash(whole), Hash(half));
        Assert.Equal(Hash(whole), resumed.ParameterHash);
        Assert.Equal(whole.MeanReturn, half.MeanReturn);
    }

    [Fact]
    public async Task Save_FolderOfAnotherRun_IsRefusedAndItsOwnIsNot()
    {
        using TrainingSession first = TrainingSession.Create(Settings("ppo"));
        using TrainingSession second = TrainingSession.Create(Settings("ppo"));
        first.Save(_folder.In("saved"));
        await first.AdvanceAsync(1);
        first.Save(_folder.In("saved"));

        Assert.Contains(
            "already holds a run",
            Assert.Throws<IOException>(() => second.Save(_folder.In("saved"))).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(2, new CheckpointStore(_folder.In("saved", "checkpoints"), 9).List().Count);
    }

    [Fact]
    public async Task Change_OfWhatIsAlreadySo_LeavesTheBits()
    {
        TrainingSettings settings = Settings("ppo", "wrappers.normalize_observations=true", "network.core=lstm");
        using TrainingSession plain = TrainingSession.Create(settings);
        using TrainingSession changed = TrainingSession.Create(settings);
        await plain.AdvanceAsync(Steps / 2);
        await changed.AdvanceAsync(Steps / 2);
        changed.Change("ppo.entropy_coefficient=0.5");
        changed.Change($"ppo.entropy_coefficient={settings.Of<Learners.Ppo.PpoSettings>().EntropyCoefficient}");
        Assert.Equal(plain.Updates, changed.Updates);
        await plain.AdvanceAsync(Steps);
        await changed.AdvanceAsync(Steps);

        Assert.Equal(Hash(plain), Hash(changed));
    }

    [Fact]
    public async Task Change_StepSizeOfZero_StopsLearningAndGoesIntoWhatIsSaved()
    {
        using TrainingSession session = TrainingSession.Create(Settings("a2c"));
        await session.AdvanceAsync(Steps / 2);
        session.Change("a2c.learning_rate=0", "total_steps=8192");
        string before = Hash(session);
        await session.AdvanceAsync(Steps / 4);
        session.Save(_folder.In("saved"));
        using TrainingSession loaded = TrainingSession.Load(_folder.In("saved"));
        await loaded.AdvanceAsync(Steps / 4);

        Assert.Equal(before, Hash(session));
        Assert.Equal(before, Hash(loaded));
        Assert.Equal(8_192, loaded.Settings.TotalSteps);
        loaded.Save(_folder.In("saved"));
        using TrainingSession again = TrainingSession.Load(_folder.In("saved"));
        Assert.Equal((loaded.Steps, before), (again.Steps, Hash(again)));
        session.Change("a2c.learning_rate=0.01");
        await session.AdvanceAsync(Steps / 4);
        Assert.NotEqual(before, Hash(session));
    }

    [Theory]
    [InlineData("ppo.copies=16", "copies cannot change")]
    [InlineData("ppo.unroll_length=64", "unroll_length cannot change")]
    [InlineData("ppo.discount_factor=0.5", "discount_factor cannot change")]
    [InlineData("environment=Acrobot-v1", "Start a new run")]
    [InlineData("network.core=gru", "Start a new run")]
    [InlineData("seed=9", "Start a new run")]
    [InlineData("ppo.optimizer=sgd", "does not fit the settings")]
    [InlineData("ppo.auxiliary.reward_prediction.weight=1", "heads of the network")]
    [InlineData("ppo.auxiliary.random_network_distillation.weight=1", "heads of the network")]
    [InlineData("ppo.auxiliary.random_network_distillation.non_episodic=false", "does not fit the settings")]
    [InlineData("ppo.learning_rat=1", "learning_rate")]
    [InlineData("ppo.learning_rate=-1", "learning_rate")]
    [InlineData("agent=a2c", "a2c")]
    public async Task Change_WhatTheRunIsMadeOf_IsRefusedAndNothingChanges(string assignment, string expected)
    {
        TrainingSettings settings = Settings("ppo", "wrappers.normalize_rewards=true");
        using TrainingSession plain = TrainingSession.Create(settings);
        using TrainingSession session = TrainingSession.Create(settings);
        await session.AdvanceAsync(Steps / 2);

        SettingsException exception = Assert.Throws<SettingsException>(() => session.Change(assignment));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Equal(plain.Settings, session.Settings);
        await session.AdvanceAsync(Steps);
        await plain.AdvanceAsync(Steps);
        Assert.Equal(Hash(plain), Hash(session));
    }

    [Fact]
    public async Task TakeOver_WithOptimizer_RemembersAllThatTheOtherOneDoes()
    {
        using TrainingSession good = TrainingSession.Create(Settings("ppo", "wrappers.normalize_observations=true", "seed=1"));
        using TrainingSession bad = TrainingSession.Create(Settings("ppo", "wrappers.normalize_observations=true", "seed=2"));
        await good.AdvanceAsync(Steps / 2);
        await bad.AdvanceAsync(Steps);
        long version = bad.Updates;
        string goods = Hash(good);

        bad.TakeOver(good, withOptimizer: true);

        Assert.Equal(goods, Hash(bad));
        Assert.Equal(version + 1, bad.Updates);
        Assert.Equal(Learner(good), Learner(bad));
        using SavedPolicy theirs = good.ToPolicy();
        using SavedPolicy ours = bad.ToPolicy();
        Assert.Equal(theirs.Statistics!.Mean.ToArray(), ours.Statistics!.Mean.ToArray());
        Assert.Equal(goods, Hash(good));
        bad.Change("total_steps=8192");
        await bad.AdvanceAsync(Steps);
        Assert.NotEqual(goods, Hash(bad));
        bad.Save(_folder.In("saved"));
        using TrainingSession loaded = TrainingSession.Load(_folder.In("saved"));
        Assert.Equal((Hash(bad), bad.Updates), (Hash(loaded), loaded.Updates));
    }

    [Fact]
    public async Task TakeOver_WithoutOptimizer_TakesParametersOfAnotherAgent()
    {
        using TrainingSession acktr = TrainingSession.Create(Settings("acktr", "wrappers.normalize_observations=false"));
        using TrainingSession ppo = TrainingSession.Create(Settings("ppo"));
        await acktr.AdvanceAsync(Steps / 2);
        await ppo.AdvanceAsync(Steps / 2);
        long version = ppo.Updates;

        ppo.TakeOver(acktr, withOptimizer: false);

        Assert.Equal(Hash(acktr), Hash(ppo));
        Assert.Equal(version + 1, ppo.Updates);
        Assert.Throws<SettingsException>(() => ppo.TakeOver(acktr, withOptimizer: true));
        Assert.Equal(version + 1, ppo.Updates);
        long taken = await ppo.AdvanceAsync(1);
        Assert.Equal(ppo.Settings.Agent.StepsPerUnroll, taken);
        Assert.True(ppo.Updates > version + 1);
    }

    [Fact]
    public void TakeOver_OtherNetworkOrOtherInputs_IsRefused()
    {
        using TrainingSession wide = TrainingSession.Create(Settings("ppo", "network.hidden_sizes=[16, 8]"));
        using TrainingSession normalized = TrainingSession.Create(Settings("ppo", "wrappers.normalize_observations=true"));
        using TrainingSession session = TrainingSession.Create(Settings("ppo"));
        string before = Hash(session);

        Assert.Contains(
            "[16, 4] there and [8, 4] here",
            Assert.Throws<SettingsException>(() => session.TakeOver(wide, false)).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<SettingsException>(() => session.TakeOver(normalized, false));
        Assert.Equal(before, Hash(session));
    }

    [Fact]
    public void TakeOver_OtherNumbersNormalised_IsRefused()
    {
        string[] settings = ["wrappers.normalize_observations=true", "network.hidden_sizes=[8, 8]"];
        using TrainingSession cart = TrainingSession.Create(SettingsSources.Load("CartPole-v1", "ppo", null, settings));
        using TrainingSession copy = TrainingSession.Create(SettingsSources.Load("Acrobot-v1", "ppo", null, settings));

        Assert.Contains(
            "normalises 4 numbers of an observation and the other one 6 numbers",
            Assert.Throws<SettingsException>(() => cart.TakeOver(copy, false)).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task AdvanceAsync_Stopped_EndsAndCanGoOn()
    {
        using TrainingSession session = TrainingSession.Create(Settings("ppo"));
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();

        Assert.Equal(0, await session.AdvanceAsync(Steps, stop.Token));
        Assert.NotEqual(0, await session.AdvanceAsync(1, CancellationToken.None));
    }

    private static TrainingSettings Settings(string agent, params string[] more) =>
        SettingsSources.Load("CartPole-v1", agent, null, [.. Small, .. more]);

    private static string Hash(TrainingSession session)
    {
        using SavedPolicy policy = session.ToPolicy();
        return policy.ParameterHash;
    }

    private static List<(string, string, string)> Learner(TrainingSession session)
    {
        var state = new StateDictionary();
        session.SaveState(state);
        return
        [
            .. state
                .Entries.Where(entry => entry.Name.StartsWith("learner.", StringComparison.Ordinal))
                .Select(entry => (entry.Name, entry.Type, Convert.ToHexString(entry.Bytes))),
        ];
    }
}
