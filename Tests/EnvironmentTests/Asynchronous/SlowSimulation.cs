using Environments;
using Environments.Spaces;

namespace Tests.EnvironmentTests.Asynchronous;

/// <summary>What simulations of a test did, and what they are to do.</summary>
internal sealed class Simulations
{
    private int _alive;
    private int _created;
    private int _started;

    public EnvironmentSpec Spec { get; } = new("Own/Slow-v0", new Box(-1, 1, 3), new Discrete(2)) { MaxEpisodeSteps = 20 };

    public int Created => Volatile.Read(ref _created);

    public int Started => Volatile.Read(ref _started);

    public int Alive => Volatile.Read(ref _alive);

    /// <summary>Called by a start, with its number from 1.</summary>
    public Func<int, CancellationToken, Task> Starting { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Called by a step: number of the simulation from 1, and of its step from 1.</summary>
    public Func<int, int, CancellationToken, Task> Stepping { get; init; } = (_, _, _) => Task.CompletedTask;

    public EnvironmentRegistry Register(AsyncEnvironmentOptions? options = null)
    {
        EnvironmentRegistry registry = EnvironmentRegistry.Default.Copy();
        registry.Register(Spec, () => new SlowSimulation(this, Interlocked.Increment(ref _created)), options);
        return registry;
    }

    private sealed class SlowSimulation(Simulations all, int number) : IAsyncEnvironment
    {
        private bool _isAlive;
        private int _steps;
        private int _calls;
        private float _first;

        public IReadOnlyList<string> MetricNames => ["load", "length"];

        public async ValueTask StartAsync(CancellationToken cancellationToken)
        {
            _isAlive = true;
            Interlocked.Increment(ref all._alive);
            await all.Starting(Interlocked.Increment(ref all._started), cancellationToken);
        }

        public async ValueTask ResetAsync(ulong seed, Memory<float> observation, CancellationToken cancellationToken)
        {
            Assert(1 == Interlocked.Increment(ref _calls));
            await Task.Yield();
            _steps = 0;
            _first = (seed >> 40) / (float)(1 << 24);
            Show(observation.Span);
            Interlocked.Decrement(ref _calls);
        }

        public async ValueTask<StepResult> StepAsync(
            ReadOnlyMemory<float> action,
            Memory<float> observation,
            CancellationToken cancellationToken
        )
        {
            Assert(1 == Interlocked.Increment(ref _calls));
            _steps++;
            await all.Stepping(number, _steps, cancellationToken);
            Show(observation.Span);
            Interlocked.Decrement(ref _calls);
            return new StepResult(action.Span[0] == (_first > 0.5f ? 1 : 0) ? 1 : 0);
        }

        public void Measure(bool episodeEnds, Span<float> values)
        {
            values[0] = _steps;
            values[1] = episodeEnds ? _steps : float.NaN;
        }

        public ValueTask DisposeAsync()
        {
            if (_isAlive)
            {
                _isAlive = false;
                Interlocked.Decrement(ref all._alive);
            }
            return ValueTask.CompletedTask;
        }

        private void Show(Span<float> observation)
        {
            observation[0] = _first;
            observation[1] = _steps / 100f;
            observation[2] = 0;
        }

        private static void Assert(bool holds)
        {
            if (!holds)
            {
                throw new InvalidOperationException("Two calls overlap.");
            }
        }
    }
}
