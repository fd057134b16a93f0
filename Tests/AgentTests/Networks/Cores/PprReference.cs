using Agents.Networks;
using Agents.Networks.Cores.PerceptionPredictionReaction;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>A perception-prediction-reaction network as its equations say, copy by copy and step by step, in double precision.</summary>
internal static class PprReference
{
    /// <summary>What each head says of each row.</summary>
    public static Dictionary<string, double[]> Run(PprData data, PprSettings settings)
    {
        var layout = new ParameterLayout(data.Spec);
        (string Head, string Path)[] heads =
        [
            (PprData.Reaction, "actor.head"),
            (PprData.Perception, "heads.perception"),
            (PprData.Prediction, "heads.prediction"),
        ];
        var says = heads.ToDictionary(head => head.Head, _ => new double[PprData.Steps * PprData.Copies * 3]);
        int slowSize = settings.SlowSize > 0 ? settings.SlowSize : PprData.Units;
        for (int b = 0; b < PprData.Copies; b++)
        {
            (Cell slow, Cell reaction, Cell perception, Cell prediction) = Fresh();
            int j = 0;
            var interval = new List<double[]>();
            for (int t = 0; t < PprData.Steps; t++)
            {
                int row = t * PprData.Copies + b;
                if (data.Starts[row])
                {
                    (slow, reaction, perception, prediction) = Fresh();
                    j = 0;
                    interval.Clear();
                }
                bool ticks = j == settings.Period;
                if (ticks)
                {
                    double[] read = settings.SlowInput switch
                    {
                        SlowInput.Last => perception.Output,
                        SlowInput.Mean =>
                        [
                            .. Enumerable.Range(0, PprData.Units).Select(i => interval.Average(output => output[i])),
                        ],
                        SlowInput.None => [1],
                    };
                    slow = Next("slow", read, slow);
                    reaction = settings.ResetReaction ? Zero(PprData.Units) : reaction;
                    perception = settings.ResetPerception ? Zero(PprData.Units) : perception;
                    prediction = settings.ResetPrediction ? Zero(PprData.Units) : prediction;
                    j = 0;
                    interval.Clear();
                }
                double[] seen =
                [
                    .. data.Observations.AsSpan(row * PprData.Size, PprData.Size).ToArray().Select(number => (double)number),
                ];
                double phase = (double)j / settings.Period;
                reaction = Next("reaction", settings.SlowToReaction ? [.. seen, .. slow.Output] : seen, reaction);
                perception = Next("perception", seen, perception);
                prediction = Next("prediction", settings.SlowToPrediction ? [.. slow.Output, phase] : [phase], prediction);
                interval.Add(perception.Output);
                j++;
                foreach (((string head, string path), Cell branch) in heads.Zip((Cell[])[reaction, perception, prediction]))
                {
                    Dense(path, branch.Output).CopyTo(says[head], row * 3);
                }
            }
        }
        return says;

        (Cell, Cell, Cell, Cell) Fresh() => (Zero(slowSize), Zero(PprData.Units), Zero(PprData.Units), Zero(PprData.Units));

        Cell Next(string name, double[] read, Cell before)
        {
            int size = before.Output.Length;
            double[] gates =
            [
                .. Dense($"core.{name}.input", read).Zip(Dense($"core.{name}.hidden", before.Output), (x, h) => x + h),
            ];
            var memory = new double[size];
            var output = new double[size];
            for (int i = 0; i < size; i++)
            {
                memory[i] = Sigmoid(gates[size + i]) * before.Memory[i] + Sigmoid(gates[i]) * Math.Tanh(gates[2 * size + i]);
                output[i] = Sigmoid(gates[3 * size + i]) * Math.Tanh(memory[i]);
            }
            return new Cell(output, memory);
        }

        double[] Dense(string path, double[] x)
        {
            Span<float> weight = layout[path + ".weight"].In(data.Parameters.AsSpan());
            Span<float> bias = layout[path + ".bias"].In(data.Parameters.AsSpan());
            var y = new double[bias.Length];
            for (int i = 0; i < y.Length; i++)
            {
                y[i] = bias[i];
                for (int k = 0; k < x.Length; k++)
                {
                    y[i] += weight[i * x.Length + k] * x[k];
                }
            }
            return y;
        }
    }

    private static Cell Zero(int size) => new(new double[size], new double[size]);

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private sealed record Cell(double[] Output, double[] Memory);
}
