using System.Diagnostics;
using Actors;
using Agents.Networks;
using Agents.Policies;
using Agents.Policies.Acting;
using Environments;
using Environments.Randomness;
using Environments.Remote;
using Environments.Wrappers;
using Protos;

namespace Benchmarks;

/// <summary>Steps per second of eight copies in Python, 100 µs a step, that a policy acts in: one batch, two threads, and two halves by turns.</summary>
internal static class OverlapBenchmarks
{
    private const string Python = "gym:agents_bridge.samples:Busy?microseconds=100";
    private const string Waiting = Python + "&waits=true";
    private const int Copies = 8;
    private const int Steps = 128;
    private const int Repetitions = 5;

    /// <summary>Steps that keep a processor busy, and steps that do not.</summary>
    public static IEnumerable<BenchmarkCase> Cases => [new("bridge/overlap", Busy), new("bridge/overlap-waiting", Idle)];

    /// <summary>Steps that take processor time.</summary>
    private static BenchmarkResult[] Busy(string name) => Measure(name, Python);

    /// <summary>Steps that wait for something else, such as a simulator in another process.</summary>
    private static BenchmarkResult[] Idle(string name) => Measure(name, Waiting);

    // All in turn, so that a busy machine slows all of them.
    private static BenchmarkResult[] Measure(string name, string id)
    {
        using var off = new Arm(name + "-off", id, OverlapMode.Off, threads: 1);
        using var threads = new Arm(name + "-off-threads-2", id, OverlapMode.Off, threads: 2);
        using var halves = new Arm(name + "-auto", id, OverlapMode.Auto, threads: 1);
        Arm[] arms = [off, threads, halves];
        for (int i = -1; i < Repetitions; i++)
        {
            foreach (Arm arm in arms)
            {
                arm.Run(keep: i >= 0);
            }
        }
        return [.. arms.SelectMany(arm => arm.Results())];
    }

    private sealed class Arm : IDisposable
    {
        private const int Unrolls = 8;
        private readonly string _name;
        private readonly List<RemoteEnvironment> _batches = [];
        private readonly NetworkPolicy _policy;
        private readonly UnrollRecorder _recorder;
        private readonly Unroll _unroll;
        private readonly List<double> _rates = [];
        private readonly List<double> _here = [];
        private readonly List<double> _there = [];
        private double _total;

        public Arm(string name, string id, OverlapMode overlap, int threads)
        {
            _name = name;
            var registry = new EnvironmentRegistry();
            registry.Register(
                EnvironmentRegistry.Default.Find(id) with
                {
                    Id = "Busy-v0",
                },
                (count, limit) =>
                {
                    var batch = (RemoteEnvironment)EnvironmentRegistry.Default.Make(id, count, limit);
                    _batches.Add(batch);
                    return batch;
                }
            );
            var environments = EnvironmentParts.ForTraining(
                registry,
                "Busy-v0",
                Copies,
                threads,
                overlap,
                new WrapperSettings(),
                0.99f
            );
            NetworkSpec spec = environments.NetworkFor(new NetworkSettings());
            var random = new Pcg64(1);
            _policy = new NetworkPolicy(spec, ActingPolicies.Sample);
            _policy.LoadParameters(ParameterInitializer.Create(new ParameterLayout(spec), ref random), 0);
            _recorder = new UnrollRecorder(environments, _policy, 2, new Pcg64(3));
            _unroll = new Unroll(environments.ShapeFor(spec, Steps));
        }

        public void Run(bool keep)
        {
            double here = Stopwatches.CpuSeconds;
            double there = CpuThere;
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < Unrolls; i++)
            {
                _recorder.Record(_unroll);
            }
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (keep)
            {
                const double steps = Unrolls * Steps * Copies;
                _rates.Add(steps / seconds);
                _here.Add((Stopwatches.CpuSeconds - here) / steps * 1e6);
                _there.Add((CpuThere - there) / steps * 1e6);
                _total += Stopwatches.CpuSeconds - here + CpuThere - there;
            }
        }

        public IEnumerable<BenchmarkResult> Results() =>
            [
                Figure(_name, _rates, "steps/wall_s"),
                Figure(_name + "-cpu-here", _here, "cpu_us/step"),
                Figure(_name + "-cpu-there", _there, "cpu_us/step"),
            ];

        public void Dispose()
        {
            _recorder.Dispose();
            _policy.Dispose();
        }

        private double CpuThere => _batches.Sum(batch => ((GrpcLane)batch.Lane).Process!.CpuSeconds);

        private BenchmarkResult Figure(string name, List<double> values, string unit) =>
            new()
            {
                Name = name,
                Engine = "none",
                Value = Stopwatches.Median([.. values]),
                Low = values.Min(),
                High = values.Max(),
                Unit = unit,
                CpuSeconds = _total,
            };
    }
}
