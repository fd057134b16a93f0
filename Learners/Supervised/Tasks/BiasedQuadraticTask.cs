using System.ComponentModel.DataAnnotations;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.Data;
using Learners.Supervised.Targets;

namespace Learners.Supervised.Tasks;

/// <summary>
/// Numbers w on an ill-conditioned quadratic around w_m, and an auxiliary loss that is well-conditioned around another point w_a = w_m + offset N(0, I) / √d: it
/// helps far from both points, and misleads near w_m. Whether gradients should be let through can be seen on it (as in the toy examples of Du et al. 2018).
/// </summary>
/// <remarks>
/// w_m ~ N(0, I), and w begins at w_0 ~ 3 N(0, I). The only input is 0, so that biases of the head are what moves; they begin at 0, and so both points are told
/// as seen from w_0, which changes nothing. A seed draws the same w_0, w_m and direction for every offset. Losses are sums over numbers, without noise.
/// </remarks>
internal sealed record BiasedQuadraticTask : SupervisedTask
{
    private const double FirstDeviation = 3;

    /// <inheritdoc/>
    public override string Name => "biased_quadratic";

    /// <inheritdoc/>
    public override string Description => "an ill-conditioned quadratic, and an auxiliary loss that helps and misleads";

    /// <inheritdoc/>
    public override string Usual =>
        """
            updates: 6000
            batch_size: 1
            optimizer: sgd
            learning_rate: 0.02
            evaluation: { every_updates: 100, samples: 1 }
            network: { hidden_sizes: [] }
            """;

    /// <summary>Numbers, d.</summary>
    /// <value>1 to 65,536. Default 20.</value>
    [Range(1, 65_536)]
    public int Numbers { get; init; } = 20;

    /// <summary>Root of the mean squared distance of the auxiliary loss's point from the main one's.</summary>
    /// <value>0 to 1,000. Default 1.</value>
    [Range(0f, 1_000f)]
    public float Offset { get; init; } = 1;

    /// <summary>Weight of the auxiliary loss, the squared distance from its point.</summary>
    /// <value>0 to 1e6. Default 0.1. With 0 it is left out.</value>
    [Range(0f, 1e6f)]
    public float HelperWeight { get; init; } = 0.1f;

    /// <inheritdoc/>
    public override bool HasAuxiliary => HelperWeight > 0;

    /// <inheritdoc/>
    public override IDataSource Open(SourceContext context) => new Source(this, context);

    private sealed class Source : IDataSource
    {
        private readonly float[] _points; // as seen from w_0: the main loss's, then the auxiliary one's

        public Source(BiasedQuadraticTask task, SourceContext context)
        {
            Form = new DataForm(new Box(0, 0, 1), new QuadraticTargets(task.Numbers, task.HelperWeight), Steps: 1);
            var random = new Pcg64(context.TaskSeed);
            _points = new float[2 * task.Numbers];
            for (int i = 0; i < task.Numbers; i++)
            {
                double main = random.NextGaussian() - FirstDeviation * random.NextGaussian();
                _points[i] = (float)main;
                _points[task.Numbers + i] = (float)(main + task.Offset * random.NextGaussian() / Math.Sqrt(task.Numbers));
            }
        }

        public DataForm Form { get; }

        public int EvaluationBatches => 1;

        public void Next(Samples samples) => ReadEvaluation(0, samples);

        public void ReadEvaluation(int index, Samples samples)
        {
            samples.Clear();
            samples.Counts.AsSpan().Fill(true);
            for (int b = 0; b < samples.Sequences; b++)
            {
                _points.CopyTo(samples.Target(0, b));
            }
        }

        public void SaveState(StateDictionary state) { }

        public void LoadState(StateDictionary state) { }
    }
}
