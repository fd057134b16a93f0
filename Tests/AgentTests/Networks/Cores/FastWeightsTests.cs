using Agents.Networks;
using Agents.Networks.Cores.FastWeights;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>The unit checks of Ba et al. 2016 for the matrix form, against the attention form in float64.</summary>
public sealed class FastWeightsTests
{
    private const int Inputs = 3;
    private const int Size = 5;

    [Theory]
    [InlineData(0.9f, 0.5f, 1, Activation.Relu)]
    [InlineData(0.95f, 0.7f, 3, Activation.Tanh)]
    [InlineData(0f, 0.5f, 1, Activation.Relu)]
    public void Unroll_MatrixForm_EqualsTheAttentionForm(float decay, float rate, int reads, Activation activation)
    {
        var settings = new FastWeightsSettings
        {
            Decay = decay,
            Rate = rate,
            Reads = reads,
            Activation = activation,
        };
        using var cell = new Cell(settings);
        var random = new Pcg64(1);
        List<double[]> history = [new double[Size]];
        for (int t = 0; t < 12; t++)
        {
            float[] x = Draw(ref random, Inputs);

            cell.Step(x);
            history.Add(Attend(cell, settings, history, x));

            for (int i = 0; i < Size; i++)
            {
                Assert.Equal(history[^1][i], cell.State[i], 1e-5);
            }
        }
    }

    [Fact]
    public void Unroll_RateZero_IsTheLayerThatNeverReads()
    {
        using var never = new Cell(new FastWeightsSettings { Reads = 0 });
        using var nothing = new Cell(new FastWeightsSettings { Rate = 0 }, never);
        var random = new Pcg64(2);
        for (int t = 0; t < 8; t++)
        {
            float[] x = Draw(ref random, Inputs);
            never.Step(x);
            nothing.Step(x);

            Assert.Equal(never.State[..Size], nothing.State[..Size]);
        }
    }

    [Fact]
    public void Unroll_OrthonormalOutputs_AreRecalledPerfectly()
    {
        using var cell = new Cell(new FastWeightsSettings { Decay = 1, Rate = 1 });
        float[][] stored =
        [
            [0.6f, 0.8f, 0, 0, 0],
            [-0.8f, 0.6f, 0, 0, 0],
            [0, 0, 0, 1, 0],
        ];
        foreach (float[] output in stored)
        {
            output.CopyTo(cell.State, 0);
            cell.Step([0.1f, -0.2f, 0.3f]);
        }
        float[] orthogonal = [0, 0, 1, 0, 0];

        foreach (float[] output in stored)
        {
            AssertClose(output, Times(cell.State.AsSpan(Size), output));
        }
        AssertClose(new float[Size], Times(cell.State.AsSpan(Size), orthogonal));
    }

    [Fact]
    public void Unroll_LargeRate_IsHeldByTheNormalisation()
    {
        using var cell = new Cell(new FastWeightsSettings { Rate = 50, Reads = 2 });
        var random = new Pcg64(3);
        for (int t = 0; t < 50; t++)
        {
            cell.Step(Draw(ref random, Inputs));

            Assert.True(Norm(cell.State.AsSpan(0, Size)) <= Math.Sqrt(Size) + 1e-3);
        }
    }

    // A v = η Σ λ^(t−τ) h_τ (h_τ · v) over all outputs so far.
    private static double[] Attend(Cell cell, FastWeightsSettings settings, List<double[]> history, float[] x)
    {
        double[] before = history[^1];
        var sustained = new double[Size];
        for (int i = 0; i < Size; i++)
        {
            sustained[i] = cell["input.bias"][i];
            for (int j = 0; j < Inputs; j++)
            {
                sustained[i] += cell["input.weight"][i * Inputs + j] * x[j];
            }
            for (int j = 0; j < Size; j++)
            {
                sustained[i] += cell["hidden.weight"][i * Size + j] * before[j];
            }
        }
        double[] output = Activated(sustained, 0);
        for (int read = 1; read <= settings.Reads; read++)
        {
            double[] sum = [.. sustained];
            for (int past = 0; past < history.Count; past++)
            {
                double score = settings.Rate * Math.Pow(settings.Decay, history.Count - 1 - past);
                score *= history[past].Zip(output, (a, b) => a * b).Sum();
                for (int i = 0; i < Size; i++)
                {
                    sum[i] += score * history[past][i];
                }
            }
            output = Activated(sum, read);
        }
        return output;

        double[] Activated(double[] values, int norm)
        {
            double mean = values.Average();
            double scale = 1 / Math.Sqrt(values.Average(value => (value - mean) * (value - mean)) + 1e-5);
            float[] gain = cell[$"norm.{norm}.weight"];
            float[] offset = cell[$"norm.{norm}.bias"];
            return
            [
                .. values.Select(
                    (value, i) =>
                    {
                        double normal = gain[i] * (value - mean) * scale + offset[i];
                        return settings.Activation == Activation.Relu ? Math.Max(0, normal) : Math.Tanh(normal);
                    }
                ),
            ];
        }
    }

    private static float[] Times(ReadOnlySpan<float> matrix, float[] vector)
    {
        var result = new float[Size];
        for (int i = 0; i < Size; i++)
        {
            for (int j = 0; j < Size; j++)
            {
                result[i] += matrix[i * Size + j] * vector[j];
            }
        }
        return result;
    }

    private static double Norm(ReadOnlySpan<float> vector)
    {
        double squares = 0;
        foreach (float number in vector)
        {
            squares += number * number;
        }
        return Math.Sqrt(squares);
    }

    private static void AssertClose(float[] expected, float[] actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.Equal(pair.First, pair.Second, 1e-5f));

    private static float[] Draw(ref Pcg64 random, int count)
    {
        var numbers = new float[count];
        for (int i = 0; i < count; i++)
        {
            numbers[i] = (float)random.NextGaussian();
        }
        return numbers;
    }

    /// <summary>One copy of the core behind an encoder that changes nothing, with parameters that are nowhere special.</summary>
    private sealed class Cell : IDisposable
    {
        private readonly ProgramNetwork _network;
        private readonly ParameterLayout _layout;
        private readonly float[] _parameters;

        public Cell(FastWeightsSettings settings, Cell? like = null)
        {
            NetworkSpec spec = new(
                new Box(-10, 10, Inputs),
                new Discrete(2),
                new NetworkSettings
                {
                    HiddenSizes = [],
                    SharedTrunk = true,
                    Core = "fast_weights",
                    CoreSettings = settings,
                    CoreSize = Size,
                }
            );
            _layout = new ParameterLayout(spec);
            _parameters = new float[_layout.Count];
            var random = new Pcg64(4);
            foreach (ParameterSlot slot in _layout.Slots)
            {
                bool isGain =
                    slot.Name.Contains("norm", StringComparison.Ordinal)
                    && slot.Name.EndsWith("weight", StringComparison.Ordinal);
                foreach (ref float number in slot.In(_parameters.AsSpan()))
                {
                    number = (isGain ? 1 : 0) + 0.4f * (float)random.NextGaussian();
                }
            }
            if (like is not null) // every norm as the only one there
            {
                foreach (ParameterSlot slot in _layout.Slots)
                {
                    string name = slot.Name.Replace("norm.1", "norm.0", StringComparison.Ordinal);
                    like._layout[name].In(like._parameters.AsSpan()).CopyTo(slot.In(_parameters.AsSpan()));
                }
            }
            if (settings.Rate > 10)
            {
                foreach (ParameterSlot slot in _layout.Slots.Where(slot => slot.Name.Contains("norm", StringComparison.Ordinal)))
                {
                    slot.In(_parameters.AsSpan()).Fill(slot.Name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0);
                }
            }
            _network = new ProgramNetwork(spec, _parameters);
            State = new float[spec.CoreStateSize];
        }

        public float[] State { get; }

        public float[] this[string name] => _layout["core." + name].In(_parameters.AsSpan()).ToArray();

        public void Step(float[] x) => _network.Unroll(1, x, [false], State, new float[2], new float[1]);

        public void Dispose() => _network.Dispose();
    }
}
