using Environments.Naming;
using Protos.Bridge;
using Protos.Foreign;

namespace Environments.Remote;

/// <summary>Makes environments that run elsewhere from their ids.</summary>
internal static class RemoteEnvironments
{
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ReconnectTime = TimeSpan.FromSeconds(30);
    private static readonly object Lock = new();
    private static readonly Dictionary<string, Description> Known = new(StringComparer.Ordinal); // of child processes
    private static BridgeProcess? s_idle; // described an environment, and may serve the first batch
    private static Timer? s_idleTimer;

    /// <summary>The specification of an id, and how to make a batch of it.</summary>
    /// <param name="id">Where it runs.</param>
    /// <param name="describe">Adds what Python does not know.</param>
    /// <exception cref="UnknownNameException">The server does not know the environment.</exception>
    /// <exception cref="NotSupportedException">Python or a package is missing.</exception>
    /// <exception cref="IOException">The server cannot be reached.</exception>
    public static (EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment> Create) Resolve(
        RemoteId id,
        Func<EnvironmentSpec, EnvironmentSpec> describe
    )
    {
        RemoteSettings settings = RemoteSettings.Current;
        Description description = Describe(id, settings);
        var spec = describe(
            new EnvironmentSpec(id.Text, WireSpaces.Read(description.ObservationSpace), WireSpaces.Read(description.ActionSpace))
            {
                MaxEpisodeSteps = LimitOf(description),
                RewardThreshold =
                    description.HasRewardThreshold && double.IsFinite(description.RewardThreshold)
                        ? description.RewardThreshold
                        : null,
                StepsElsewhere = id.Lane != ObservationLane.InProcess,
                Description = id.Address is null
                    ? $"{ForeignText.Show(description.Name)} in Python."
                    : $"{ForeignText.Show(description.Name)}, served by {id.Address}.",
            }
        );
        int rate = (int)Math.Min(description.RenderFramesPerSecond, 1_000);
        return (spec, (count, limit) => Make(id, settings, spec, rate, count, limit));
    }

    internal static int? LimitOf(Description description) =>
        description.MaxEpisodeSteps switch
        {
            0 => null,
            <= int.MaxValue => (int)description.MaxEpisodeSteps,
            _ => throw new InvalidDataException(
                $"The other side describes episodes of at most {description.MaxEpisodeSteps} steps; up to {int.MaxValue} are possible, or 0 for no limit."
            ),
        };

    /// <summary>A batch of an environment whose specification is known without asking.</summary>
    public static RemoteEnvironment Make(
        RemoteId id,
        RemoteSettings settings,
        EnvironmentSpec spec,
        int framesPerSecond,
        int count,
        int? limit
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return new RemoteEnvironment(
            spec with
            {
                MaxEpisodeSteps = limit,
            },
            count,
            framesPerSecond,
            (results, again, interruption) => Open(id, settings, spec, count, limit ?? 0, results, again, interruption),
            settings.MaxRestarts
        );
    }

    private static IBatchLane Open(
        RemoteId id,
        RemoteSettings settings,
        EnvironmentSpec spec,
        int copies,
        int limit,
        StepResults? results,
        bool again,
        CancellationToken interruption
    )
    {
        if (id.Lane == ObservationLane.InProcess)
        {
            return InProcessLane.Open(id, settings, spec, copies, limit, results);
        }
        if (id.Address is null)
        {
            return GrpcLane.Open(id, settings, TakeProcess(settings), spec, copies, limit, results, interruption);
        }
        // Whoever serves may be starting again; the first time somebody waits for a mistake in the address.
        long start = Environment.TickCount64;
        for (int pause = 100; ; pause = Math.Min(2 * pause, 2_000))
        {
            try
            {
                return GrpcLane.Open(id, settings, null, spec, copies, limit, results, interruption);
            }
            catch (BridgeLostException) when (again && Environment.TickCount64 - start < ReconnectTime.TotalMilliseconds)
            {
                interruption.WaitHandle.WaitOne(pause);
                interruption.ThrowIfCancellationRequested();
            }
        }
    }

    private static Description Describe(RemoteId id, RemoteSettings settings)
    {
        if (id.Address is not null)
        {
            return GrpcLane.Describe(id, settings, null);
        }
        string key = string.Join('\n', id.Text, settings.Python, settings.PythonPath);
        lock (Lock)
        {
            if (Known.TryGetValue(key, out Description? known))
            {
                return known;
            }
        }
        if (id.Lane == ObservationLane.InProcess)
        {
            using InProcessLane lane = InProcessLane.Open(id, settings, null, 1, 0, null);
            lock (Lock)
            {
                Known[key] = lane.Description;
            }
            return lane.Description;
        }
        BridgeProcess process = TakeProcess(settings);
        try
        {
            Description description = GrpcLane.Describe(id, settings, process);
            lock (Lock)
            {
                Known[key] = description;
            }
            KeepIdle(process);
            return description;
        }
        catch (BridgeLostException)
        {
            process.Kill(); // it may still be busy with what nobody waits for any more
            throw;
        }
        catch
        {
            KeepIdle(process);
            throw;
        }
    }

    private static BridgeProcess TakeProcess(RemoteSettings settings)
    {
        BridgeProcess? idle;
        lock (Lock)
        {
            idle = s_idle;
            s_idle = null;
        }
        if (idle is { IsAlive: true } && idle.IsFor(settings))
        {
            return idle;
        }
        idle?.Dispose();
        return BridgeProcess.Start(settings);
    }

    // Starting Python takes most of a second, and who asks for a description usually makes a batch next.
    private static void KeepIdle(BridgeProcess process)
    {
        BridgeProcess? replaced;
        lock (Lock)
        {
            replaced = s_idle;
            s_idle = process.IsAlive ? process : null;
            s_idleTimer ??= new Timer(_ => StopIdle());
            s_idleTimer.Change(IdleTime, Timeout.InfiniteTimeSpan);
        }
        replaced?.Dispose();
        if (!process.IsAlive)
        {
            process.Dispose();
        }
    }

    private static void StopIdle()
    {
        BridgeProcess? idle;
        lock (Lock)
        {
            idle = s_idle;
            s_idle = null;
        }
        idle?.Dispose();
    }
}
