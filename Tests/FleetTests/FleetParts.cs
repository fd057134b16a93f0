using Actors;
using Agents.Networks;
using Environments;
using Environments.State;
using Environments.Wrappers;
using Fleet.Admission;
using Fleet.Batches;
using Fleet.Checks;
using Fleet.Intake;
using Fleet.Journal;
using Learners.Composition;
using Learners.Impala;
using Microsoft.Extensions.Logging.Abstractions;
using Protos;
using Protos.Fleet;
using Protos.Rpc;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests;

/// <summary>A learner's hub and source without network and without learning: batches of four CartPoles, two steps each.</summary>
internal sealed class FleetParts : IDisposable
{
    public FleetParts(
        FleetSettings? fleet = null,
        UnrollJournal? journal = null,
        TimeProvider? clock = null,
        bool normalize = false,
        TrainingSettings? settings = null,
        EnvironmentRegistry? registry = null
    )
    {
        Settings =
            settings
            ?? new TrainingSettings
            {
                Environment = "CartPole-v1",
                Agent = new ImpalaSettings { Copies = 4, UnrollLength = 2 },
                Wrappers = new WrapperSettings { NormalizeObservations = normalize },
                Fleet = fleet ?? new FleetSettings { QueueBatches = 8 },
            };
        using EnvironmentPipeline probe = EnvironmentPipeline.ForTraining(
            (registry ?? EnvironmentRegistry.Default).Make(Settings.Environment),
            Settings.Wrappers,
            0.99f
        );
        Spec = probe.NetworkFor(Settings.Network);
        Shape = probe.ShapeFor(Spec, Settings.Agent.UnrollLength) with { Copies = Settings.Agent.Copies };
        clock ??= TimeProvider.System;
        Hub = new FleetHub(
            Settings,
            "run-1",
            UnrollChecks.For(probe, Spec, Shape, Settings),
            journal,
            clock,
            NullLogger.Instance
        );
        Source = new RemoteUnrollSource(Hub, Spec, Shape, Settings, audit: null, clock, NullLogger.Instance);
    }

    public TrainingSettings Settings { get; }
    public NetworkSpec Spec { get; }
    public UnrollShape Shape { get; }
    public FleetHub Hub { get; }
    public RemoteUnrollSource Source { get; }

    /// <summary>A journal in a folder, as a run has it.</summary>
    public static UnrollJournal Journal(
        string folder,
        Action<FileStream, ReadOnlyMemory<byte>>? write = null,
        TimeProvider? clock = null,
        bool keepAll = false,
        int keptCheckpoints = 2
    ) =>
        new(folder, keepAll, keptCheckpoints, clock ?? TimeProvider.System, NullLogger.Instance)
        {
            WriteBytes = write ?? ((file, bytes) => file.Write(bytes.Span)),
        };

    /// <summary>An actor's hello.</summary>
    public static Hello Hello(string id, long incarnation = 1, uint copies = 2, long announced = 0) =>
        new()
        {
            ProtocolVersion = FleetMethods.ProtocolVersion,
            ActorId = id,
            Incarnation = incarnation,
            Copies = copies,
            NextSequenceNumber = announced,
        };

    /// <summary>Lets an actor in.</summary>
    public TestActor Join(string id, long incarnation = 1, uint copies = 2, long announced = 0)
    {
        (ActorRecord? actor, ActorConnection? connection, LearnerMessage answer) = Hub.Admission.Join(
            Hello(id, incarnation, copies, announced)
        );
        Assert.True(answer.Welcome is not null, answer.Goodbye?.Detail);
        return new TestActor(this, actor!, connection!, answer.Welcome, (int)copies);
    }

    /// <summary>Publishes parameters of a version, which settles the batch before.</summary>
    public void Publish(long version) => Source.Publish(new float[] { version, 1, 2 }, version);

    /// <summary>The next batch, as the rewards of its first step: they tell who recorded it.</summary>
    public async Task<float[]> NextAsync()
    {
        using CancellationTokenSource limit = Deadline.Source();
        Unroll batch = await Source.NextAsync(limit.Token);
        return batch.Rewards[..batch.Copies];
    }

    /// <summary>Asserts what the next batch is.</summary>
    public async Task ExpectAsync(params float[] rewards) => Assert.Equal(rewards, await NextAsync());

    /// <summary>Whether no batch is ready.</summary>
    public async Task<bool> IsWaitingAsync()
    {
        // What was sent lies in the queue already, so a batch that is ready is there at once.
        using var stop = new CancellationTokenSource();
        ValueTask<Unroll> next = Source.NextAsync(stop.Token);
        if (next.IsCompleted)
        {
            return false;
        }
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.AsTask());
        return true;
    }

    /// <summary>State of the source, as a checkpoint keeps it.</summary>
    public StateDictionary Save()
    {
        var state = new StateDictionary();
        Source.SaveState(state);
        Source.StateIsSafe();
        return state;
    }

    /// <summary>A valid unroll.</summary>
    /// <param name="number">Sequence number.</param>
    /// <param name="copies">B.</param>
    /// <param name="version">Parameter version.</param>
    /// <param name="reward">All of its rewards.</param>
    public Unroll Unroll(long number, int copies = 2, long version = 0, float reward = 1)
    {
        var unroll = new Unroll(Shape with { Copies = copies }) { Header = new UnrollHeader("", 0, number, version, "") };
        Array.Fill(unroll.Rewards, reward);
        Array.Fill(unroll.BehaviourLogProbs, -0.7f);
        return unroll;
    }

    public void Dispose() => Source.Dispose();
}
