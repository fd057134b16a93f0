using System.Numerics;
using Agents.Networks;
using Agents.Networks.Cores.LinearRecurrent;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>The unit checks of linear recurrent units: a closed form, how they begin, and that they stay stable.</summary>
public sealed class LinearRecurrentTests
{
    /// <summary>λ = 0.5, γ = 1, B = 2 + 2i on inputs 1, 2, 3: h = 2 + 2i, 5 + 5i, 8.5 + 8.5i (Zucchet et al. 2023, the authors' tests).</summary>
    [Fact]
    public void Unroll_OneState_IsTheClosedForm()
    {
        using var layer = new Layer(
            new LinearRecurrentSettings
            {
                Layers = 1,
                StateSize = 1,
                RecurrentRate = 0.5f,
            },
            inputs: 1,
            size: 1
        );
        layer.Set("input.weight", 1);
        layer.Set("input.bias", 0);
        layer.Set("0.recurrence", (float)(Math.Log(Math.Log(2)) / 0.5), -200, 0);
        layer.Set("0.driven.weight", 2, 2);

        foreach ((float x, float h) in ((float, float)[])[(1, 2), (2, 5), (3, 8.5f)])
        {
            layer.Step(x);

            Assert.Equal(h, layer.State[0], 1e-5f);
            Assert.Equal(h, layer.State[1], 1e-5f);
        }
    }

    [Theory]
    [InlineData(0f, 1f)]
    [InlineData(0.5f, 0.9f)]
    public void Fill_SquaredModuli_AreUniformOnTheRing(float low, float high)
    {
        const int States = 20_000;
        var settings = new LinearRecurrentSettings
        {
            MinRadius = low,
            MaxRadius = high,
            RecurrentRate = 0.25f,
        };
        var numbers = new float[3 * States];
        var random = new Pcg64(1);

        new RingInitializer(settings).Fill(numbers, numbers.Length, 1, ref random);

        double[] squares = [.. numbers.Take(States).Select(number => Math.Exp(-2 * Math.Exp(number * 0.25)))];
        double width = high * high - low * low;
        Assert.All(squares, square => Assert.InRange(square, low * low - 1e-6, high * high + 1e-6));
        Assert.Equal(low * low + width / 2, squares.Average(), 0.01 * width);
        Assert.Equal(width * width / 12, squares.Average(square => Math.Pow(square - low * low - width / 2, 2)), 0.002 * width);
        for (int i = 0; i < States; i += 100)
        {
            Assert.Equal(Math.Sqrt(1 - squares[i]), Math.Exp(numbers[2 * States + i] * 0.25), 1e-4);
        }
    }

    [Fact]
    public void Unroll_WhiteNoise_HasStatesOfOneSizeWhateverTheModulus()
    {
        foreach ((float low, float high) in ((float, float)[])[(0.1f, 0.2f), (0.9f, 0.95f), (0.98f, 0.99f)])
        {
            const int Size = 16;
            const int States = 32;
            var settings = new LinearRecurrentSettings
            {
                Layers = 1,
                StateSize = States,
                MinRadius = low,
                MaxRadius = high,
            };
            using var layer = new Layer(settings, Size, Size);
            var random = new Pcg64(2);
            double squares = 0;
            for (int t = 0; t < 1_500; t++)
            {
                float[] x = [.. Enumerable.Range(0, Size).Select(_ => (float)random.NextGaussian())];
                layer.Step(x);
                squares += t < 500 ? 0 : layer.State.Sum(number => (double)number * number) / States / 1_000;
            }

            Assert.InRange(squares, 0.5, 2);
        }
    }

    [Theory]
    [InlineData(50f)]
    [InlineData(-50f)]
    public void Unroll_WhateverIsLearned_IsStable(float recurrence)
    {
        using var layer = new Layer(new LinearRecurrentSettings { Layers = 1, StateSize = 2 }, inputs: 1, size: 1);
        layer.Set("0.recurrence", recurrence, recurrence, recurrence, recurrence, 0, 0);
        for (int t = 0; t < 500; t++)
        {
            layer.Step(t == 0 ? 1 : 0);
        }

        Assert.All(layer.State, number => Assert.InRange(MathF.Abs(number), 0, 100));
    }

    /// <summary>Traces of watched values are the slopes of the last state in the parameters of each unit, exactly.</summary>
    [Fact]
    public void Step_WatchedValues_GiveTheSensitivitiesOfEachUnit()
    {
        const int Size = 3;
        const int States = 2;
        const int Steps = 6;
        var settings = new LinearRecurrentSettings
        {
            Layers = 1,
            StateSize = States,
            RecurrentRate = 1,
        };
        using var layer = new Layer(settings, Size, Size);
        layer.Watch("input", "driven", "before", "state", "recurrence");
        var ofModulus = new Complex[States];
        var ofScale = new Complex[States];
        var ofDriven = new Complex[States, Size];
        for (int t = 0; t < Steps; t++)
        {
            layer.Step(InputAt(t));
            for (int i = 0; i < States; i++)
            {
                var lambda = new Complex(layer.Watched("recurrence")[i], layer.Watched("recurrence")[States + i]);
                double scale = layer.Watched("recurrence")[2 * States + i];
                ofModulus[i] = lambda * ofModulus[i] + At("before", i);
                ofScale[i] = lambda * ofScale[i] + At("driven", i);
                for (int j = 0; j < Size; j++)
                {
                    ofDriven[i, j] = lambda * ofDriven[i, j] + scale * layer.Watched("input")[j];
                }
                Near(At("state", i), lambda * At("before", i) + scale * At("driven", i));
            }
        }
        double[] recurrence = [.. layer["0.recurrence"]];
        for (int i = 0; i < States; i++)
        {
            // λ = exp(−exp ν + i exp θ), so that dλ / dν = −exp(ν) λ and dλ / dθ = i exp(θ) λ.
            (double nu, double theta) = (Math.Exp(recurrence[i]), Math.Exp(recurrence[States + i]));
            Complex lambda = Complex.Exp(new Complex(-nu, theta));
            Near(SlopeOf("0.recurrence", i, i), -nu * lambda * ofModulus[i]);
            Near(SlopeOf("0.recurrence", States + i, i), Complex.ImaginaryOne * theta * lambda * ofModulus[i]);
            Near(SlopeOf("0.recurrence", 2 * States + i, i), Math.Exp(recurrence[2 * States + i]) * ofScale[i]);
            for (int j = 0; j < Size; j++)
            {
                Near(SlopeOf("0.driven.weight", i * Size + j, i), ofDriven[i, j]);
                Near(SlopeOf("0.driven.weight", (States + i) * Size + j, i), Complex.ImaginaryOne * ofDriven[i, j]);
            }
        }

        Complex At(string name, int i) => new(layer.Watched(name)[i], layer.Watched(name)[States + i]);

        // By central differences of the whole sequence.
        Complex SlopeOf(string name, int place, int state)
        {
            const float Step = 1e-2f;
            return (StateWith(Step) - StateWith(-Step)) / (2 * Step);

            Complex StateWith(float change)
            {
                using var moved = new Layer(settings, Size, Size);
                float[] numbers = moved[name];
                numbers[place] += change;
                moved.Set(name, numbers);
                for (int t = 0; t < Steps; t++)
                {
                    moved.Step(InputAt(t));
                }
                return new Complex(moved.State[state], moved.State[States + state]);
            }
        }

        static float[] InputAt(int t) => [MathF.Sin(t + 1), MathF.Cos(2 * t), 0.3f * t - 1];

        static void Near(Complex expected, Complex actual) =>
            Assert.True((expected - actual).Magnitude <= 2e-3 * (1 + expected.Magnitude), $"{actual} in place of {expected}");
    }

    /// <summary>One copy of the core behind an encoder that changes nothing.</summary>
    private sealed class Layer : IDisposable
    {
        private readonly ParameterLayout _layout;
        private readonly float[] _parameters;
        private readonly ProgramNetwork _network;

        public Layer(LinearRecurrentSettings settings, int inputs, int size)
        {
            NetworkSpec spec = new(
                new Box(-10, 10, inputs),
                new Discrete(2),
                new NetworkSettings
                {
                    HiddenSizes = [],
                    SharedTrunk = true,
                    Core = "lru",
                    CoreSettings = settings,
                    CoreSize = size,
                }
            );
            _layout = new ParameterLayout(spec);
            var random = new Pcg64(3);
            _parameters = ParameterInitializer.Create(_layout, ref random);
            _network = new ProgramNetwork(spec, _parameters);
            State = new float[spec.CoreStateSize];
        }

        public float[] State { get; }

        public float[] this[string name] => _layout["core." + name].In(_parameters.AsSpan()).ToArray();

        public void Set(string name, params float[] numbers)
        {
            numbers.CopyTo(_layout["core." + name].In(_parameters.AsSpan()));
            _network.Refresh();
        }

        public void Watch(params string[] names) => Assert.All(names, name => Assert.True(_network.Watch("0." + name)));

        public ReadOnlySpan<float> Watched(string name) => _network.Watched("0." + name);

        public void Step(params float[] x) => _network.Unroll(1, x, [false], State, new float[2], new float[1]);

        public void Dispose() => _network.Dispose();
    }
}
