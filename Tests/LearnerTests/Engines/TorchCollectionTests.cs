using Agents.Networks;
using Environments.Randomness;
using Learners.ActorCritic;
using Learners.Engines;
using Learners.Objectives;
using Learners.Optimizers.Kfac;
using TorchSharp;
using Xunit;

namespace Tests.LearnerTests.Engines;

/// <summary>The reference engine while another thread collects garbage and runs finalisers without pause: no call fails, and no bit differs.</summary>
[Collection(nameof(NativeMemoryCollection))]
public sealed class TorchCollectionTests
{
    private const int Samples = 8;

    [Fact]
    public void Calls_WhileGarbageIsCollected_GiveTheSameBits() => Run(calls: 30_000);

    /// <summary>Takes minutes: <c>Tests -explicit only -class "*TorchCollectionTests"</c>.</summary>
    [Fact(Explicit = true)]
    public void Calls_AMillionWhileGarbageIsCollected_GiveTheSameBits() => Run(calls: 1_000_000);

    /// <summary>Every network with every objective, K-FAC's statistics where there are any, and the forward pass; round after round.</summary>
    private static void Run(long calls)
    {
        List<Case> cases =
        [
            .. from network in GradientEngineContractTests.Networks.Values
            from objectives in GradientEngineContractTests.Objectives.Values
            select new Case(network, objectives(network)),
        ];
        LifetimeStatistics tensors = DisposeScopeManager.Statistics.TensorStatistics;
        long collections = 0;
        using var ending = new CancellationTokenSource();
        try
        {
            foreach (Case one in cases)
            {
                one.Remember();
            }
            (long inScope, long outside) = (tensors.CreatedInScopeCount, tensors.CreatedOutsideScopeCount);
            var collector = new Thread(() =>
            {
                while (!ending.IsCancellationRequested)
                {
                    GC.Collect(0);
                    GC.WaitForPendingFinalizers();
                    collections++;
                }
            });
            collector.Start();
            try
            {
                for (int round = 0; round == 0 || tensors.CreatedInScopeCount - inScope < calls; round++)
                {
                    cases.ForEach(one => one.Repeat());
                }
            }
            finally
            {
                ending.Cancel();
                collector.Join();
            }
            // A tensor outside of every scope would be the finaliser's prey too.
            Assert.Equal(outside, tensors.CreatedOutsideScopeCount);
            long made = tensors.CreatedInScopeCount - inScope;
            TestContext.Current.TestOutputHelper?.WriteLine($"{made} tensors made, {collections} collections, 0 exceptions");
        }
        finally
        {
            cases.ForEach(one => one.Dispose());
        }
    }

    /// <summary>An engine, a minibatch, and what a quiet machine makes of them.</summary>
    private sealed class Case : IDisposable
    {
        private readonly NetworkSpec _spec;
        private readonly Objective[] _objectives;
        private readonly IGradientEngine _engine;
        private readonly SampleBatch _batch;
        private readonly Kfac? _kfac;
        private float[] _remembered = [];

        public Case(NetworkSpec spec, Objective[] objectives)
        {
            (_spec, _objectives) = (spec, objectives);
            float[] parameters = GradientEngineContractTests.Parameters(spec);
            using (var managed = GradientEngines.Create(EngineKind.Managed, spec, (float[])parameters.Clone()))
            {
                _batch = GradientEngineContractTests.Batch(spec, managed, Samples);
            }
            foreach (IAdaptiveObjective adaptive in objectives.OfType<IAdaptiveObjective>())
            {
                adaptive.Begin(_batch);
            }
            _engine = GradientEngines.Create(EngineKind.Torch, spec, parameters);
            _engine.Use(objectives);
            _kfac = spec.Settings.Core == "gtrxl" ? null : new Kfac(new ParameterLayout(spec), new KfacSettings(), new Pcg64(1));
        }

        public void Remember() => _remembered = Compute();

        public void Repeat() => Assert.Equal(_remembered, Compute());

        public void Dispose() => _engine.Dispose();

        private float[] Compute()
        {
            var losses = new double[_objectives.Length];
            var logProbs = new float[_batch.Count];
            _engine.Backward(_batch, 0.25, losses, logProbs, _kfac?.BeginUpdate());
            var observations = new float[Samples * _spec.ObservationSize];
            float[] state = (float[])_batch.InitialCoreState.Clone();
            var distributions = new float[Samples * _spec.DistributionSize];
            var values = new float[Samples];
            _engine.Network.Unroll(_batch.Steps, observations, _batch.EpisodeStarts, state, distributions, values);
            return
            [
                .. losses.Select(loss => (float)loss),
                .. logProbs,
                .. _engine.Gradient,
                .. state,
                .. distributions,
                .. values,
            ];
        }
    }
}
