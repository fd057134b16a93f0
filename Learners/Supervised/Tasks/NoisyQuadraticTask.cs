using System.ComponentModel.DataAnnotations;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.Data;
using Learners.Supervised.Targets;

namespace Learners.Supervised.Tasks;

/// <summary>
/// Independent numbers w that are drawn to targets c ~ N(0, 1), drawn anew for each update: the noisy quadratic ½ (w − c)² on which the variance of an
/// optimiser is known in closed form (Zhang et al. 2019, section 3). Judged by the mean of w², which is that variance.
/// </summary>
/// <remarks>
/// The only input is 0, so that the numbers are the biases of the head. The loss is the mean of (w − c)² over K numbers: a step size of g K / 2 moves each
/// number by g (w − c).
/// </remarks>
internal sealed record NoisyQuadraticTask : SupervisedTask
{
    /// <inheritdoc/>
    public override string Name => "noisy_quadratic";

    /// <inheritdoc/>
    public override string Description => "numbers that follow noise, whose variance is known in closed form";

    /// <inheritdoc/>
    public override string Usual =>
        """
            updates: 1000
            batch_size: 1
            optimizer: sgd
            learning_rate: 250
            evaluation: { every_updates: 20, samples: 1 }
            network: { hidden_sizes: [] }
            """;

    /// <summary>Numbers, K.</summary>
    /// <value>1 to 65,536. Default 1,000.</value>
    [Range(1, 65_536)]
    public int Numbers { get; init; } = 1_000;

    /// <inheritdoc/>
    public override IDataSource Open(SourceContext context) => new Source(this, context);

    private sealed class Source(NoisyQuadraticTask task, SourceContext context) : IDataSource
    {
        private Pcg64 _random = new(context.TrainingSeed);

        public DataForm Form { get; } = new(new Box(0, 0, 1), new NumberTargets(task.Numbers), Steps: 1);

        public int EvaluationBatches => 1;

        public void Next(Samples samples)
        {
            ReadEvaluation(0, samples);
            foreach (ref float target in samples.Targets.AsSpan())
            {
                target = (float)_random.NextGaussian();
            }
        }

        public void ReadEvaluation(int index, Samples samples)
        {
            samples.Clear();
            samples.Counts.AsSpan().Fill(true);
        }

        public void SaveState(StateDictionary state) => state.Set("random", _random);

        public void LoadState(StateDictionary state) => _random = state.Get<Pcg64>("random");
    }
}
