using Actors.Fleet;
using Agents.Networks;
using Agents.Policies.Acting;
using Environments.Randomness;
using Environments.State;
using Environments.Wrappers;
using Fleet.Publishing;
using Learners.Composition;
using Learners.Impala;
using Protos;
using Protos.Fleet;
using Tests.FleetTests;
using Tests.Waits;
using Xunit;

namespace Tests.LearnerTests.Observations;

/// <summary>A batch of several actors is read copy by copy: by the statistics of the version that each unroll was acted with.</summary>
public sealed class RawFleetTests
{
    [Theory]
    [InlineData("identity")]
    [InlineData("lstm")]
    public async Task NextAsync_ActorsAtDifferentVersions_RatiosAreOneBitForBit(string core)
    {
        TrainingSettings settings = Settings(core);
        using var parts = new FleetParts(settings: settings);
        List<float[]> versions = [];
        TestActor a = parts.Join("a");
        TestActor b = parts.Join("b");
        using EnvironmentWorker first = Worker(settings, parts, 1);
        using EnvironmentWorker second = Worker(settings, parts, 2);
        bool apart = false;
        for (int version = 0; version < 6; version++)
        {
            versions.Add(RawObservationTests.Parameters(parts.Spec, (ulong)version));
            parts.Source.Publish(versions[version], version);
            Load(parts, first);
            if (version % 3 == 0)
            {
                Load(parts, second); // the slower one keeps its parameters for three publications
            }
            await SendAsync(a, first);
            await SendAsync(b, second);

            Unroll batch = await NextAsync(parts);

            long[] acted = [first.PublicationNumber, second.PublicationNumber];
            apart |= acted[0] != acted[1];
            RawObservationTests.AssertRatiosAreOne(parts.Spec, versions[(int)acted[0]], batch, 0, 2);
            RawObservationTests.AssertRatiosAreOne(parts.Spec, versions[(int)acted[1]], batch, 2, 2);
        }
        Assert.True(apart);
        Assert.Equal(0, parts.Hub.Metrics.OtherStatistics);
    }

    [Fact]
    public async Task NextAsync_StatisticsNoLongerKnown_ReadsWithTheNewestAndCounts()
    {
        TrainingSettings settings = Settings("identity");
        using var parts = new FleetParts(settings: settings);
        TestActor a = parts.Join("a", copies: 4);
        using EnvironmentWorker worker = Worker(settings, parts, 1, copies: 4);
        for (int version = 0; version < 3; version++)
        {
            parts.Source.Publish(RawObservationTests.Parameters(parts.Spec, 1), version);
            Load(parts, worker);
            await SendAsync(a, worker);
            await NextAsync(parts);
        }
        parts.Source.Publish(RawObservationTests.Parameters(parts.Spec, 1), 3);
        var unroll = new Unroll(worker.Shape);
        worker.Record(unroll);
        unroll.Header = unroll.Header with { ParameterVersion = 1_234 }; // of a learner that was killed since
        await a.SendAsync(unroll);

        Unroll batch = await NextAsync(parts);

        Assert.Equal((1, 4), (parts.Hub.Metrics.OtherStatistics, parts.Hub.Metrics.Trained));
        float[] raw = batch.Observations.Read(batch.EpisodeStarts);
        var inputs = new float[raw.Length];
        var expected = new float[raw.Length];
        batch.ReadInputs(inputs);
        parts.Source.ObservationStatistics!.Normalize(raw, expected);
        Assert.Equal(expected, inputs);
        Assert.NotEqual(raw, inputs);
    }

    [Fact]
    public async Task LoadState_UnrollsOfEarlierPublications_FindTheirStatistics()
    {
        TrainingSettings settings = Settings("identity");
        using var parts = new FleetParts(settings: settings);
        TestActor a = parts.Join("a", copies: 4);
        using EnvironmentWorker worker = Worker(settings, parts, 1, copies: 4);
        float[] parameters = RawObservationTests.Parameters(parts.Spec, 1);
        for (int version = 0; version < 3; version++)
        {
            parts.Source.Publish(parameters, version);
            if (version < 2)
            {
                Load(parts, worker);
            }
            await SendAsync(a, worker);
            await NextAsync(parts);
        }
        parts.Source.Publish(parameters, 3);
        StateDictionary state = parts.Save();

        using var resumed = new FleetParts(settings: settings);
        resumed.Source.LoadState(state);
        resumed.Source.Publish(parameters, 3);
        await SendAsync(resumed.Join("a", copies: 4), worker);
        Unroll batch = await NextAsync(resumed);

        Assert.Equal(1, batch.Header.ParameterVersion);
        RawObservationTests.AssertRatiosAreOne(parts.Spec, parameters, batch);
        Assert.Equal(0, resumed.Hub.Metrics.OtherStatistics);
        Assert.Equal(parts.Source.ObservationStatistics!.Scale.ToArray(), resumed.Source.ObservationStatistics!.Scale.ToArray());
    }

    [Fact]
    public async Task ReceiveAsync_UnrollThatIsNotRaw_IsRefused()
    {
        using var parts = new FleetParts(normalize: true);
        parts.Publish(0);
        TestActor actor = parts.Join("a");
        Unroll former = parts.Unroll(0);
        former.Header = former.Header with { HasRawObservations = false };

        await actor.SendAsync(former);

        Assert.Equal((1, 0), (parts.Hub.Metrics.Refused, parts.Hub.Intake.QueueLength));
    }

    [Fact]
    public void Load_StatisticsThatNobodyHas_AreAnError()
    {
        TrainingSettings settings = Settings("identity");
        using var parts = new FleetParts(settings: settings);
        using EnvironmentWorker worker = Worker(settings, parts, 1);
        var bytes = new byte[worker.PublicationBytes];
        Array.Fill(bytes, (byte)0xFF, bytes.Length - 48, 48);

        Assert.Throws<InvalidDataException>(() => worker.Load(new Publication(), bytes));
    }

    private static async Task<Unroll> NextAsync(FleetParts parts)
    {
        using CancellationTokenSource limit = Deadline.Source();
        return await parts.Source.NextAsync(limit.Token);
    }

    private static void Load(FleetParts parts, EnvironmentWorker worker)
    {
        ParameterStore.Snapshot newest = parts.Hub.Parameters.Hold(-1)!;
        Assert.Equal(worker.PublicationBytes, newest.Bytes.Length);
        worker.Load(newest.Publication, newest.Bytes);
        parts.Hub.Parameters.Release(newest);
    }

    private static async Task SendAsync(TestActor actor, EnvironmentWorker worker)
    {
        var unroll = new Unroll(worker.Shape);
        worker.Record(unroll);
        Assert.True(unroll.ObservationMoments.IsEmpty);
        await actor.SendAsync(unroll);
    }

    private static EnvironmentWorker Worker(TrainingSettings settings, FleetParts parts, ulong seed, int copies = 2) =>
        new(
            new ActorOptions { Learner = "", Id = "a" },
            new ActorSettings(
                settings.Environment,
                1,
                settings.Wrappers,
                parts.Spec.Settings,
                settings.Agent.UnrollLength,
                settings.Agent.DiscountFactor,
                settings.Overlap,
                ActingPolicies.Sample
            ),
            copies,
            incarnation: 1,
            new SeedSequence(seed)
        );

    private static TrainingSettings Settings(string core) =>
        new()
        {
            Environment = "Pendulum-v1",
            Agent = new ImpalaSettings { Copies = 4, UnrollLength = 8 },
            Network = new NetworkSettings
            {
                HiddenSizes = [16],
                Core = core,
                CoreSize = 8,
            },
            Wrappers = new WrapperSettings { NormalizeObservations = true, FrameStack = core == "identity" ? 2 : 1 },
            Fleet = new FleetSettings { QueueBatches = 8 },
        };
}
