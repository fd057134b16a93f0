using Agents.Networks;
using Agents.Networks.Encoders;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.Auxiliary;
using Learners.Models;
using Learners.Skills;
using Xunit;

namespace Tests.LearnerTests.Skills;

/// <summary>The reward network of a discovery learns what its loss says, and is saved and read again.</summary>
public sealed class RewardTrainerTests : IDisposable
{
    private const float C = 0.5f;

    // Of four states 0 is only positive, 1 and 3 only negative, and 2 all three.
    private static readonly float[] Positives = [0, 2];
    private static readonly float[] Negatives = [1, 2];
    private static readonly float[] Old = [1, 3, 3, 2];

    private readonly TemporaryFolder _folder = new();

    private static RewardTrainingSettings Table { get; } =
        new()
        {
            Network = new NetworkSettings { Encoder = EncoderKind.Table, HiddenSizes = [] },
            Target = C,
            Updates = 4_000,
            BatchSize = 200,
            LearningRate = 1e-3f,
        };

    public void Dispose() => _folder.Dispose();

    /// <summary>c (p − n − o) / (p + n + o) with a mean for each, n / 2 and o / 2 with one for both; here p = n = 1/2 and o = 1/4.</summary>
    [Theory]
    [InlineData(false, C * (0.5 - 0.5 - 0.25) / 1.25)]
    [InlineData(true, C * (0.5 - 0.25 - 0.125) / 0.875)]
    public void Train_AStateOfAllThreeKinds_EndsWhereTheLossIsSmallest(bool sharedMean, double expected)
    {
        float[] rewards = Train(Table with { SharedMean = sharedMean });

        Assert.Equal(C, rewards[0], 0.02);
        Assert.Equal(-C, rewards[1], 0.02);
        Assert.Equal(expected, rewards[2], 0.03);
        Assert.Equal(-C, rewards[3], 0.02);
    }

    [Fact]
    public void Train_WithoutOldNegatives_KnowsNothingOfThem()
    {
        float[] rewards = Train(Table with { OldNegatives = false });

        Assert.Equal(0, rewards[2], 0.03); // as often liked as disliked, each with its whole weight
        Assert.Equal(0, rewards[3]); // as it began
    }

    [Fact]
    public void Train_WithoutPositives_LearnsTheNegatives()
    {
        using var trainer = new RewardTrainer(Table, new Discrete(4), new SeedSequence(1));
        var random = new Pcg64(2);

        trainer.Train([], Negatives, Old, ref random);

        using var network = new RewardNetwork(trainer.ToNetwork(1));
        float[] rewards = network.Evaluate([0, 1, 2, 3], 4).ToArray();
        Assert.Equal(0, rewards[0]);
        Assert.All(rewards[1..], reward => Assert.Equal(-C, reward, 0.02));
    }

    [Fact]
    public void LoadState_InTheMiddle_GoesOnBitForBit()
    {
        var whole = new Pcg64(3);
        using var trainer = new RewardTrainer(
            new RewardTrainingSettings { Updates = 20 },
            new Box(-2, 2, 3),
            new SeedSequence(1)
        );
        float[] positives = [1, 0, -1, 0.5f, 1, 1];
        float[] negatives = [-1, -1, -1];
        trainer.Train(positives, negatives, negatives, ref whole);
        var state = new StateDictionary();
        trainer.SaveState(state);
        Pcg64 half = whole;
        trainer.Train(positives, negatives, negatives, ref whole);

        using var other = new RewardTrainer(new RewardTrainingSettings { Updates = 20 }, new Box(-2, 2, 3), new SeedSequence(7));
        other.LoadState(state);
        other.Train(positives, negatives, negatives, ref half);

        Assert.Equal(trainer.ToNetwork(1).ParameterHash, other.ToNetwork(1).ParameterHash);
        Assert.Equal(40, other.Updates);
    }

    /// <summary>A range of a hundredth is told apart as well as one of a hundred.</summary>
    [Fact]
    public void Train_BoundedNumbers_AreSeenAlike()
    {
        var settings = new RewardTrainingSettings { Updates = 1_000, Target = 1 };
        using var trainer = new RewardTrainer(settings, new Box([-0.01f, -100], [0.01f, 100]), new SeedSequence(1));
        var random = new Pcg64(2);
        float[] Rows(float first) =>
            [.. Enumerable.Range(0, 256).SelectMany(_ => new[] { first, (float)random.NextUniform(-100, 100) })];
        float[] positives = Rows(0.008f);
        float[] negatives = Rows(-0.008f);

        trainer.Train(positives, negatives, negatives, ref random);

        using var network = new RewardNetwork(trainer.ToNetwork(1));
        float[] rewards = network.Evaluate([0.008f, 40, -0.008f, 40], 2).ToArray();
        Assert.Equal(1, rewards[0], 0.1);
        Assert.Equal(-1, rewards[1], 0.1);
    }

    [Fact]
    public void Load_WhatWasSaved_SaysTheSame()
    {
        using var trainer = new RewardTrainer(new RewardTrainingSettings(), new Box(-1, 1, 3), new SeedSequence(1));
        SavedNetwork saved = trainer.ToNetwork(5);
        saved.Save(_folder.In("reward"));
        var agent = new NetworkSpec(new Box(-1, 1, 3), new Discrete(2), new NetworkSettings());

        using var network = new RewardNetwork(saved);
        using RewardNetwork loaded = RewardNetwork.Load(_folder.In("reward"), agent);

        Assert.Equal(network.Evaluate([0.1f, 0.2f, 0.3f], 1).ToArray(), loaded.Evaluate([0.1f, 0.2f, 0.3f], 1).ToArray());
        Assert.Contains(
            "reads observations of",
            Assert
                .Throws<Agents.Yaml.SettingsException>(() =>
                    RewardNetwork.Load(_folder.In("reward"), agent with { ObservationSpace = new Box(-1, 1, 4) })
                )
                .Message,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "other weights",
            Assert
                .Throws<Agents.Yaml.SettingsException>(() =>
                    RewardNetwork.RequireSum(_folder.In("reward"), new string('0', 64), "neural_reward")
                )
                .Message,
            StringComparison.Ordinal
        );
    }

    private static float[] Train(RewardTrainingSettings settings)
    {
        using var trainer = new RewardTrainer(settings, new Discrete(4), new SeedSequence(1));
        var random = new Pcg64(2);
        trainer.Train(Positives, Negatives, Old, ref random);
        using var network = new RewardNetwork(trainer.ToNetwork(1));
        return network.Evaluate([0, 1, 2, 3], 4).ToArray();
    }
}
