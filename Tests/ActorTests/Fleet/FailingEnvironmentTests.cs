using System.Collections.Concurrent;
using Actors.Fleet;
using Agents.Networks;
using Environments;
using Fleet.Hosting;
using Fleet.Intake;
using Learners.Composition;
using Learners.Impala;
using Microsoft.Extensions.Logging.Abstractions;
using Protos;
using Tests.FleetTests;
using Tests.LearnerTests.Metrics;
using Tests.Waits;
using Xunit;

namespace Tests.ActorTests.Fleet;

/// <summary>Environments that hang or throw cost their own steps and nothing else.</summary>
public sealed class FailingEnvironmentTests : IDisposable
{
    private const int Steps = 4;
    private readonly TemporaryFolder _folder = new();
    private readonly ManualResetEventSlim _release = new();

    public void Dispose()
    {
        _release.Set();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [ShortTime("The clock is set by hand.")]
    public async Task RunAsync_EnvironmentThatHangsOrThrows_IsReplacedAndNoEpisodeIsJoined(bool hangs)
    {
        var hanging = new TaskCompletionSource();
        EnvironmentRegistry registry = WatchedEnvironment.Register(step =>
        {
            if (step == 13)
            {
                if (!hangs)
                {
                    throw new InvalidOperationException("the simulator crashed");
                }
                hanging.SetResult();
                _release.Wait();
            }
        });
        ConcurrentQueue<string> log = [];
        var clock = new ManualTime();
        var actor = new ActorOptions
        {
            Learner = "unix:" + _folder.In("s"),
            Id = "a",
            StepTimeout = TimeSpan.FromSeconds(1),
            Registry = registry,
            Log = log.Enqueue,
            Clock = clock,
        };
        Task<(List<long> Incarnations, ActorResult Result)> playing = PlayAsync(actor, unrolls: 5);
        if (hangs)
        {
            await await Task.WhenAny(hanging.Task, playing);
            await Deadline.UntilAsync(() =>
            {
                clock.Now += actor.StepTimeout / 10; // one look at a time
                return log.Any(line => line.Contains("made anew", StringComparison.Ordinal)) || playing.IsCompleted;
            });
        }
        (List<long> incarnations, ActorResult result) = await playing;

        Assert.Equal([1, 4], incarnations.CountBy(incarnation => incarnation).Select(pair => pair.Value));
        Assert.Equal((1, 1), (result.Restarts, result.Reconnects));
        string expected = hangs ? "has not finished a step for 1 seconds" : "threw: the simulator crashed";
        Assert.Contains(log, line => line.Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, "could not be started: no reset today")]
    [InlineData(false, "threw: no step today")]
    public async Task RunAsync_EnvironmentThatAlwaysThrows_GivesUpAndSaysWhy(bool reset, string expected)
    {
        EnvironmentRegistry registry = WatchedEnvironment.Register(
            _ => throw new InvalidOperationException("no step today"),
            () =>
            {
                if (reset)
                {
                    throw new InvalidOperationException("no reset today");
                }
            }
        );
        var actor = new ActorOptions
        {
            Learner = "unix:" + _folder.In("s"),
            Id = "a",
            Registry = registry,
        };

        ActorRejectedException exception = await Assert.ThrowsAsync<ActorRejectedException>(() => PlayAsync(actor, unrolls: 1));

        Assert.Contains("failed 5 times in a row", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    /// <summary>Runs an actor until a learner has received some unrolls, each of which must be a piece of whole episodes.</summary>
    private static async Task<(List<long> Incarnations, ActorResult Result)> PlayAsync(ActorOptions actor, int unrolls)
    {
        var settings = new TrainingSettings
        {
            Environment = "Watched-v0",
            Network = new NetworkSettings { HiddenSizes = [4] },
            Agent = new ImpalaSettings { Copies = 2, UnrollLength = Steps },
        };
        using var parts = new FleetParts(settings: settings, registry: actor.Registry);
        parts.Source.Publish(new float[new ParameterLayout(parts.Spec).Count], 0);
        var options = new FleetOptions { Listen = actor.Learner };
        await using FleetServer server = await FleetServer.StartAsync(
            FleetServer.Bind(options),
            parts.Hub,
            new FleetStatusBoard(settings, ""),
            options,
            NullLoggerFactory.Instance
        );
        using CancellationTokenSource stop = Deadline.Source();
        Task<ActorResult> acting = ActorRunner.RunAsync(actor, stop.Token);
        List<long> incarnations = [];
        while (incarnations.Count < unrolls)
        {
            Task<bool> waiting = parts.Hub.Intake.Queue.WaitToReadAsync(stop.Token).AsTask();
            if (await Task.WhenAny(waiting, acting) == acting)
            {
                await acting; // it should not have ended
            }
            await waiting;
            while (parts.Hub.Intake.Queue.TryRead(out PendingUnroll pending))
            {
                AssertPiece(
                    pending.Unroll,
                    isFirst: incarnations.Count == 0 || incarnations[^1] != pending.Unroll.Header.Incarnation
                );
                incarnations.Add(pending.Unroll.Header.Incarnation);
                pending.Settle();
            }
        }
        await stop.CancelAsync();
        return ([.. incarnations.Take(unrolls)], await acting);
    }

    private static void AssertPiece(Unroll unroll, bool isFirst)
    {
        float[] observations = unroll.Observations.Read(unroll.EpisodeStarts);
        Assert.Equal(isFirst, unroll.Header.SequenceNumber == 0);
        for (int row = 0; row < observations.Length; row++)
        {
            bool starts = isFirst && row < unroll.Copies;
            Assert.Equal(starts, unroll.EpisodeStarts[row]);
            Assert.Equal(
                starts ? 0
                    : row < unroll.Copies ? Steps * unroll.Header.SequenceNumber
                    : observations[row - unroll.Copies] + 1,
                observations[row]
            );
        }
    }
}
