using Agents.Networks;
using Environments;
using Learners.Composition;
using Learners.Metrics;
using Learners.Ppo;
using Learners.Training;
using Tests.LearnerTests.Metrics;
using Tests.Waits;
using Xunit;

namespace Tests.EnvironmentTests.Asynchronous;

public sealed class AsyncEnvironmentTests : IDisposable
{
    private const int Copies = 8;
    private const int EvaluationCopies = 5;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static TrainingSettings Small { get; } =
        new()
        {
            Environment = "Own/Slow-v0",
            TotalSteps = 3_000,
            Network = new NetworkSettings { HiddenSizes = [16] },
            Agent = new PpoSettings { Copies = Copies, UnrollLength = 32 },
            Evaluation = new EvaluationSettings
            {
                Episodes = EvaluationCopies,
                FinalEpisodes = 10,
                Copies = EvaluationCopies,
            },
        };

    [Fact]
    public void Register_AndFind_CreateNothing()
    {
        var simulations = new Simulations();
        EnvironmentRegistry registry = simulations.Register();

        Assert.Equal(simulations.Spec.ObservationSpace, registry.Find("Own/Slow-v0").ObservationSpace);
        using (registry.Make("Own/Slow-v0", 3))
        {
            Assert.Equal(0, simulations.Created);
        }
    }

    /// <summary>Starts only end when all of their batch have begun, so that copies that start one after the other would never train.</summary>
    [Fact]
    [ShortTime("A start takes it, and nothing waits for it to pass in time.")]
    public async Task TrainAsync_SlowStarts_StartsEachCopyOnceAtTheSameTimeAndLeavesNoneAlive()
    {
        var copies = new Gathering(Copies);
        var evaluations = new Gathering(EvaluationCopies);
        var simulations = new Simulations
        {
            Starting = async (number, token) =>
            {
                await (number <= Copies ? copies : evaluations).ArriveAsync().WaitAsync(token);
                await Task.Delay(100, token); // what is slow in it
            },
        };

        TrainingResult result = await Trainer.TrainAsync(
            Small,
            new TrainingOptions { OutputFolder = _folder.In("run"), Registry = simulations.Register() },
            TestContext.Current.CancellationToken
        );

        Assert.Equal(3_072, result.EnvironmentSteps);
        Assert.Equal(10, result.Evaluation!.Episodes);
        Assert.Equal(Copies + EvaluationCopies, simulations.Started);
        Assert.Equal(Copies + EvaluationCopies, simulations.Created);
        Assert.Equal(0, simulations.Alive);
        var metrics = MetricsTable.Read(Path.Combine(result.RunFolder, "metrics.csv"));
        Assert.All(metrics.Column("environment/length").Values, length => Assert.Equal(20, length));
        Assert.All(metrics.Column("environment/load").Values, load => Assert.InRange(load, 1, 20));
    }

    [Fact]
    public async Task TrainAsync_SameSeedTwice_GivesTheSameParametersWhicheverCopyIsFirst()
    {
        TrainingSettings settings = Small with { TotalSteps = 512 };
        string[] hashes = new string[2];
        for (int i = 0; i < 2; i++)
        {
            int odd = i;
            var simulations = new Simulations
            {
                Stepping = async (number, _, _) =>
                {
                    for (int yields = 0; yields < (number + odd) % 2 * 20; yields++)
                    {
                        await Task.Yield();
                    }
                },
            };
            TrainingResult result = await Trainer.TrainAsync(
                settings,
                new TrainingOptions { InMemory = true, Registry = simulations.Register() },
                TestContext.Current.CancellationToken
            );
            hashes[i] = result.ParameterHash;
        }

        Assert.Equal(hashes[0], hashes[1]);
    }

    /// <summary>Every step waits until all copies are in one.</summary>
    [Fact]
    public void Step_Copies_AreAwaitedTogether()
    {
        var steps = Enumerable.Range(0, 30).Select(_ => new Gathering(Copies)).ToArray();
        var simulations = new Simulations { Stepping = (_, step, _) => steps[step].ArriveAsync() };
        using IBatchedEnvironment environment = simulations.Register().Make("Own/Slow-v0", Copies);
        environment.Reset(3);
        for (int i = 0; i < 19; i++)
        {
            environment.Step(new float[Copies]);
            Assert.False(environment.Truncated.Contains(true));
        }
        float[] before = [.. environment.Observations];

        environment.Step(new float[Copies]);

        Assert.False(environment.Truncated.Contains(false));
        for (int copy = 0; copy < Copies; copy++)
        {
            Assert.Equal(before[3 * copy], environment.FinalObservations[3 * copy]);
            Assert.Equal(0.2f, environment.FinalObservations[3 * copy + 1]);
            Assert.Equal(0, environment.Observations[3 * copy + 1]);
            Assert.NotEqual(before[3 * copy], environment.Observations[3 * copy]);
        }
    }

    [Fact]
    public void Reset_SameSeed_BeginsTheSameEpisodesWithoutStartingAgain()
    {
        var simulations = new Simulations();
        using IBatchedEnvironment environment = simulations.Register().Make("Own/Slow-v0", 4);
        environment.Reset(7);
        float[] first = [.. environment.Observations];
        environment.Step(new float[4]);
        environment.Reset(8);
        Assert.NotEqual(first, environment.Observations.ToArray());
        environment.Reset(7);

        Assert.Equal(first, environment.Observations.ToArray());
        Assert.Equal(4, simulations.Started);
        Assert.Equal(4, Enumerable.Range(0, 4).Select(copy => first[3 * copy]).Distinct().Count());
    }

    [Fact]
    public void Step_SimulationDies_SaysWhichCopyEpisodeAndStep()
    {
        var simulations = new Simulations
        {
            Stepping = (number, step, _) =>
                step == 7 && number == 1 ? throw new IOException("The pipe is broken.") : Task.CompletedTask,
        };
        using IBatchedEnvironment environment = simulations.Register().Make("Own/Slow-v0", 1);
        environment.Reset(1);
        for (int i = 0; i < 6; i++)
        {
            environment.Step(new float[1]);
        }

        var fault = Assert.Throws<EnvironmentFaultException>(() => environment.Step(new float[1]));

        Assert.Equal((0, 1, 7), (fault.Copy, fault.Episode, fault.Step));
        Assert.IsType<IOException>(fault.InnerException);
        Assert.StartsWith(
            "Own/Slow-v0: copy 0 failed in the step, at step 7 of its episode 1: The pipe is broken. Correct the simulation, or",
            fault.Message,
            StringComparison.Ordinal
        );
        environment.Dispose();
        Assert.Equal(0, simulations.Alive);
    }

    [Fact]
    public void Step_SimulationDiesAndMayBeReplaced_CutsItsEpisodeOff()
    {
        var simulations = new Simulations
        {
            Stepping = (number, step, _) =>
                step == 3 && number <= 2 ? throw new IOException("The pipe is broken.") : Task.CompletedTask,
        };
        var warnings = new List<string>();
        using IBatchedEnvironment environment = simulations
            .Register(new AsyncEnvironmentOptions { MaxRestarts = 2 })
            .Make("Own/Slow-v0", 2);
        environment.Warn = warnings.Add;
        environment.Reset(1);
        environment.Step([0, 0]);
        environment.Step([0, 0]);
        float[] before = [.. environment.Observations];

        environment.Step([0, 0]);

        Assert.Equal([true, true], environment.Truncated.ToArray());
        Assert.Equal([0f, 0f], environment.Rewards.ToArray());
        Assert.Equal([1, 1], environment.LostEpisodes.ToArray());
        Assert.Equal(before, environment.FinalObservations.ToArray());
        Assert.Equal(2, warnings.Count);
        Assert.All(
            warnings,
            line => Assert.Contains("The pipe is broken. It is replaced, replacement ", line, StringComparison.Ordinal)
        );
        Assert.Equal((4, 2), (simulations.Started, simulations.Alive));
        environment.Step([0, 0]);
        Assert.Equal([false, false], environment.Truncated.ToArray());
    }

    [Fact]
    public void Step_ReplacementsAreUsedUp_Fails()
    {
        var simulations = new Simulations { Stepping = (_, _, _) => throw new IOException("The pipe is broken.") };
        using IBatchedEnvironment environment = simulations
            .Register(new AsyncEnvironmentOptions { MaxRestarts = 2 })
            .Make("Own/Slow-v0", 1);
        environment.Reset(1);
        environment.Step([0]);
        environment.Step([0]);

        var fault = Assert.Throws<EnvironmentFaultException>(() => environment.Step([0]));

        Assert.Contains("The 2 replacements of MaxRestarts are used up", fault.Message, StringComparison.Ordinal);
        environment.Dispose();
        Assert.Equal(0, simulations.Alive);
    }

    [Fact]
    [ShortTime("The time is that of a clock which the test moves.")]
    public async Task Step_SimulationHangs_IsGivenUpAfterItsTime()
    {
        var time = new ManualTime();
        var entered = new SemaphoreSlim(0);
        var cancelled = new TaskCompletionSource();
        var simulations = new Simulations
        {
            Stepping = async (_, step, token) =>
            {
                if (step == 2)
                {
                    token.Register(cancelled.SetResult);
                    entered.Release();
                    await new TaskCompletionSource().Task;
                }
            },
        };
        using IBatchedEnvironment environment = simulations
            .Register(new AsyncEnvironmentOptions { StepTimeout = TimeSpan.FromSeconds(5), Clock = time })
            .Make("Own/Slow-v0", 1);
        environment.Reset(1);
        environment.Step([0]);
        Task<EnvironmentFaultException> stepping = Task.Run(() =>
            Assert.Throws<EnvironmentFaultException>(() => environment.Step([0]))
        );
        entered.Wait(TestContext.Current.CancellationToken);
        while (!stepping.IsCompleted)
        {
            time.Pass(TimeSpan.FromSeconds(5));
            Thread.Yield();
        }

        Assert.Contains(
            "at step 2 of its episode 1: it has not answered for 5 seconds.",
            (await stepping).Message,
            StringComparison.Ordinal
        );
        Assert.True(cancelled.Task.IsCompletedSuccessfully);
        environment.Dispose();
        Assert.Equal(0, simulations.Alive);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TrainAsync_Cancelled_WhileSimulationsHang_EndsAndLeavesNoneAlive(bool starting)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task Hang(bool now, CancellationToken token)
        {
            if (!now)
            {
                return Task.CompletedTask;
            }
            stop.Cancel();
            var never = new TaskCompletionSource();
            token.Register(() => never.TrySetCanceled(token));
            return never.Task;
        }
        var simulations = new Simulations
        {
            Starting = (_, token) => Hang(starting, token),
            Stepping = (_, step, token) => Hang(step == 15, token),
        };
        Task<TrainingResult> training = Trainer.TrainAsync(
            Small,
            new TrainingOptions
            {
                OutputFolder = _folder.In("run"),
                Registry = simulations.Register(
                    new AsyncEnvironmentOptions
                    {
                        StepTimeout = Timeout.InfiniteTimeSpan,
                        StartTimeout = Timeout.InfiniteTimeSpan,
                    }
                ),
            },
            stop.Token
        );

        if (starting)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => training.InTime());
        }
        else
        {
            TrainingResult result = await training.InTime();
            Assert.True(result.Interrupted);
            Assert.True(Directory.Exists(result.PolicyFolder));
        }
        Assert.True(simulations.Created > 0);
        Assert.Equal(0, simulations.Alive);
    }

    [Fact]
    public async Task TrainAsync_OneOfManyFailsToStart_EndsTheOthers()
    {
        var simulations = new Simulations
        {
            Starting = (number, _) =>
                number == 3 ? throw new FileNotFoundException("There is no simulator.") : Task.CompletedTask,
        };

        var fault = await Assert.ThrowsAsync<EnvironmentFaultException>(() =>
            Trainer.TrainAsync(
                Small,
                new TrainingOptions { InMemory = true, Registry = simulations.Register() },
                TestContext.Current.CancellationToken
            )
        );

        Assert.Contains("failed in the start", fault.Message, StringComparison.Ordinal);
        Assert.Equal(Copies, simulations.Created);
        Assert.Equal(0, simulations.Alive);
    }

    [Fact]
    public void Register_ImpossibleTimes_AreRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() =>
            new Simulations().Register(new AsyncEnvironmentOptions { StepTimeout = TimeSpan.Zero })
        );

    private sealed class Gathering(int size)
    {
        private readonly TaskCompletionSource _full = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public Task ArriveAsync()
        {
            if (Interlocked.Increment(ref _arrived) == size)
            {
                _full.SetResult();
            }
            return _full.Task;
        }
    }
}
