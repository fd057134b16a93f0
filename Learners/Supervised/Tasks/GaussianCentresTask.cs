using System.ComponentModel.DataAnnotations;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Data;
using Learners.Supervised.Targets;

namespace Learners.Supervised.Tasks;

/// <summary>
/// Points around centres that were drawn once from a standard Gaussian: which class has the centre? The class of centre i is i modulo the classes, so that
/// each has several centres. A small stand-in for images, on which optimisers can be compared.
/// </summary>
internal sealed record GaussianCentresTask : SupervisedTask
{
    /// <inheritdoc/>
    public override string Name => "gaussian_centres";

    /// <inheritdoc/>
    public override string Description => "the class of a point near one of several centres";

    /// <inheritdoc/>
    public override string Usual =>
        """
            updates: 1500
            batch_size: 32
            optimizer: sgd
            learning_rate: 0.01
            sgd: { momentum: 0.9 }
            evaluation: { every_updates: 50 }
            network: { hidden_sizes: [128], activation: relu, initialization: he }
            """;

    /// <summary>Numbers of a point.</summary>
    /// <value>1 to 10,000. Default 20.</value>
    [Range(1, 10_000)]
    public int Dimensions { get; init; } = 20;

    /// <summary>Centres.</summary>
    /// <value>2 to 10,000. Default 30.</value>
    [Range(2, 10_000)]
    public int Centres { get; init; } = 30;

    /// <summary>Classes.</summary>
    /// <value>2 to 10,000. Default 10.</value>
    [Range(2, 10_000)]
    public int Classes { get; init; } = 10;

    /// <summary>Standard deviation of the points around their centre, in each dimension.</summary>
    /// <value>0 to 1,000. Default 0.9.</value>
    [Range(0f, 1_000f)]
    public float Noise { get; init; } = 0.9f;

    /// <summary>Points to learn from.</summary>
    /// <value>1 to 10,000,000. Default 20,000.</value>
    [Range(1, 10_000_000)]
    public int TrainingPoints { get; init; } = 20_000;

    /// <summary>Points to judge by.</summary>
    /// <value>1 to 10,000,000. Default 5,000.</value>
    [Range(1, 10_000_000)]
    public int EvaluationPoints { get; init; } = 5_000;

    /// <inheritdoc/>
    public override IDataSource Open(SourceContext context)
    {
        long numbers = (long)Math.Max(TrainingPoints, EvaluationPoints) * Dimensions;
        if (numbers > Array.MaxLength)
        {
            throw new Agents.Yaml.SettingsException(
                $"gaussian_centres would have {numbers} numbers, more than an array holds. Lower dimensions or the points."
            );
        }
        var random = new Pcg64(context.TaskSeed);
        var centres = new float[Centres * Dimensions];
        foreach (ref float number in centres.AsSpan())
        {
            number = (float)random.NextGaussian();
        }
        var form = new DataForm(
            new Box(float.NegativeInfinity, float.PositiveInfinity, Dimensions),
            new ClassTargets(Classes),
            Steps: 1
        );
        return new ShuffledSource(
            form,
            new Points(this, centres, TrainingPoints, ref random),
            new Points(this, centres, EvaluationPoints, ref random),
            context
        );
    }

    private sealed class Points : ISampleSet
    {
        private readonly int _dimensions;
        private readonly float[] _points;
        private readonly int[] _classes;

        public Points(GaussianCentresTask task, float[] centres, int count, ref Pcg64 random)
        {
            _dimensions = task.Dimensions;
            _points = new float[count * _dimensions];
            _classes = new int[count];
            for (int i = 0; i < count; i++)
            {
                int centre = random.NextInt(0, task.Centres);
                _classes[i] = centre % task.Classes;
                for (int k = 0; k < _dimensions; k++)
                {
                    _points[i * _dimensions + k] = centres[centre * _dimensions + k] + task.Noise * (float)random.NextGaussian();
                }
            }
        }

        public int Count => _classes.Length;

        public void Read(int index, Span<float> input, Span<float> target)
        {
            _points.AsSpan(index * _dimensions, _dimensions).CopyTo(input);
            target[0] = _classes[index];
        }
    }
}
