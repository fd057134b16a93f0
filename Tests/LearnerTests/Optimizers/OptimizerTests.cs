using Environments.Randomness;
using Environments.State;
using Learners.Optimizers;
using Xunit;

namespace Tests.LearnerTests.Optimizers;

public sealed class OptimizerTests
{
    private const int Size = 1_003; // not a multiple of any vector width
    private const int Steps = 50;

    public static TheoryData<string> Kinds => ["adam", "rms_prop", "sgd", "lookahead"];

    [Theory]
    [InlineData(1f)]
    [InlineData(-20f)]
    [InlineData(0.01f)]
    public void AdamUpdate_FirstStep_IsTheLearningRateAlongTheSign(float gradient)
    {
        float[] parameters = new float[Size];

        new Adam(Size, new AdamSettings { Epsilon = 1e-8f }).Update(parameters, Filled(gradient), 0.1f);

        double expected = -0.1 * Math.Sign(gradient) * (1 - 1e-8 / Math.Abs(gradient));
        Assert.All(parameters, parameter => Assert.Equal(expected, parameter, 1e-7));
    }

    [Fact]
    public void AdamUpdate_FirstStepWithLargeEpsilon_IsShorterByEpsilonOverGradient()
    {
        float[] parameters = new float[Size];

        new Adam(Size, new AdamSettings { Epsilon = 0.5f }).Update(parameters, Filled(2), 1);

        Assert.All(parameters, parameter => Assert.Equal(-2 / 2.5, parameter, 1e-6));
    }

    [Theory]
    [InlineData(false, 0f, 9.99900)]
    [InlineData(true, 0f, 9.99500)]
    [InlineData(true, 1f, 0.999995)]
    public void RmsPropUpdate_FirstStep_EqualsClosedForm(bool epsilonInsideRoot, float initialMeanSquare, double expected)
    {
        float[] parameters = new float[Size];
        var options = new RmsPropSettings { EpsilonInsideRoot = epsilonInsideRoot, InitialMeanSquare = initialMeanSquare };

        new RmsProp(Size, options).Update(parameters, Filled(1), 1);

        Assert.All(parameters, parameter => Assert.Equal(-expected, parameter, 1e-5));
    }

    [Fact]
    public void AdamUpdate_FiftySteps_EqualsTorch()
    {
        AssertRecorded(
            41,
            new Adam(Size, new AdamSettings { Epsilon = 1e-5f }),
            [-0.12148296f, 2.0285568f, -0.45108968f],
            [-0.12487369f, 2.0325937f, -0.44887364f],
            [-0.12657931f, 2.0389333f, -0.4382179f]
        );
        AssertRecorded(
            41,
            new Adam(Size, new AdamSettings { Epsilon = 1e-8f }),
            [-0.121482976f, 2.0285568f, -0.45108968f],
            [-0.12487375f, 2.0325937f, -0.44887358f],
            [-0.1265794f, 2.0389333f, -0.4382177f]
        );
    }

    [Fact]
    public void RmsPropUpdate_FiftySteps_EqualsTorch()
    {
        AssertRecorded(
            42,
            new RmsProp(Size, new RmsPropSettings { Decay = 0.99f, Epsilon = 1e-5f }),
            [1.4931948f, -1.5096813f, 0.43992403f],
            [1.4860014f, -1.5071613f, 0.42693204f],
            [1.4846948f, -1.4985125f, 0.43247873f]
        );
        AssertRecorded(
            42,
            new RmsProp(Size, new RmsPropSettings { Decay = 0.9f, Epsilon = 1e-3f }),
            [1.4862537f, -1.5167867f, 0.43305296f],
            [1.4837738f, -1.5162121f, 0.4287111f],
            [1.4851818f, -1.5125009f, 0.43057355f]
        );
    }

    [Fact]
    public void SgdUpdate_FiftySteps_EqualsTorch()
    {
        AssertRecorded(
            44,
            new Sgd(Size, new SgdSettings { Momentum = 0 }),
            [-0.5565688f, 0.8284763f, -0.69389623f],
            [-0.5585113f, 0.827807f, -0.69689864f],
            [-0.56192434f, 0.81259805f, -0.69534177f]
        );
        AssertRecorded(
            44,
            new Sgd(Size, new SgdSettings { Momentum = 0.9 }),
            [-0.5565688f, 0.8284763f, -0.69389623f],
            [-0.5662477f, 0.8191173f, -0.6951105f],
            [-0.61201054f, 0.6794923f, -0.697669f]
        );
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(1f)]
    public void RmsPropUpdate_EpsilonInsideRoot_EqualsTheFormulaInDoublePrecision(float initialMeanSquare)
    {
        var random = new Pcg64(43);
        float[] parameters = Gaussians(ref random);
        double[] expected = [.. parameters.Select(value => (double)value)];
        double[] meanSquares = [.. Enumerable.Repeat((double)initialMeanSquare, Size)];
        var options = new RmsPropSettings
        {
            Decay = 0.99f,
            Epsilon = 0.1f,
            EpsilonInsideRoot = true,
            InitialMeanSquare = initialMeanSquare,
        };
        var rmsProp = new RmsProp(Size, options);
        for (int step = 0; step < Steps; step++)
        {
            float[] gradient = Gaussians(ref random);
            rmsProp.Update(parameters, gradient, 1e-3f);
            for (int i = 0; i < Size; i++)
            {
                meanSquares[i] = 0.99 * meanSquares[i] + 0.01 * gradient[i] * gradient[i];
                expected[i] -= 1e-3 * gradient[i] / Math.Sqrt(meanSquares[i] + 0.1);
            }
        }

        for (int i = 0; i < Size; i++)
        {
            Assert.Equal(expected[i], parameters[i], 2e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void LoadState_AfterSomeSteps_ContinuesBitForBit(string kind)
    {
        var random = new Pcg64(44);
        float[] parameters = Gaussians(ref random);
        IOptimizer first = Create(kind, Size);
        for (int step = 0; step < 7; step++)
        {
            first.Update(parameters, Gaussians(ref random), 1e-2f);
        }
        var state = new StateDictionary();
        first.SaveState(state);
        float[] copy = [.. parameters];
        float[] fresh = [.. parameters];
        IOptimizer second = Create(kind, Size);
        second.LoadState(state);
        IOptimizer third = Create(kind, Size);
        for (int step = 0; step < 7; step++)
        {
            float[] gradient = Gaussians(ref random);
            first.Update(parameters, gradient, 1e-2f);
            second.Update(copy, gradient, 1e-2f);
            third.Update(fresh, gradient, 1e-2f);
        }

        Assert.Equal(parameters.Select(BitConverter.SingleToInt32Bits), copy.Select(BitConverter.SingleToInt32Bits));
        Assert.NotEqual(parameters, fresh);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void LoadState_OfAnotherSizeOrOptimizer_Throws(string kind)
    {
        var other = new StateDictionary();
        Create(kind, Size + 1).SaveState(other);

        Assert.Throws<InvalidDataException>(() => Create(kind, Size).LoadState(other));
        Assert.Throws<InvalidDataException>(() => Create(kind, Size).LoadState(new StateDictionary()));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Update_WrongSizes_ThrowsAndNamesThem(string kind)
    {
        IOptimizer optimizer = Create(kind, 8);

        ArgumentException first = Assert.Throws<ArgumentException>(() => optimizer.Update(new float[7], new float[8], 1));
        ArgumentException second = Assert.Throws<ArgumentException>(() => optimizer.Update(new float[8], new float[9], 1));

        Assert.Contains("8 parameters; 7 parameters and 8 gradients", first.Message, StringComparison.Ordinal);
        Assert.Contains("8 parameters; 8 parameters and 9 gradients", second.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Update_ZeroGradient_MovesNothing(string kind)
    {
        var random = new Pcg64(45);
        float[] parameters = Gaussians(ref random);
        float[] before = [.. parameters];

        Create(kind, Size).Update(parameters, new float[Size], 1);

        Assert.Equal(before, parameters);
    }

    private static IOptimizer Create(string kind, int size) =>
        kind switch
        {
            "adam" => new Adam(size, new AdamSettings()),
            "rms_prop" => new RmsProp(size, new RmsPropSettings()),
            "sgd" => new Sgd(size, new SgdSettings { Momentum = 0.9 }),
            "lookahead" => new Lookahead(new Adam(size, new AdamSettings()), new LookaheadSettings(), new float[size]),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No optimiser of these tests."),
        };

    /// <summary>Numbers 0, 501 and 1,002 after steps 1, 10 and 50 of 0.001 are those that TorchSharp 0.107's optimiser gave.</summary>
    private static void AssertRecorded(ulong seed, IOptimizer optimizer, params float[][] recorded)
    {
        var random = new Pcg64(seed);
        float[] parameters = Gaussians(ref random);
        int row = 0;
        for (int step = 1; step <= Steps; step++)
        {
            optimizer.Update(parameters, Gaussians(ref random), 1e-3f);
            if (step is 1 or 10 or Steps)
            {
                float[] actual = [parameters[0], parameters[501], parameters[1_002]];
                Assert.All(
                    recorded[row++].Zip(actual),
                    pair => Assert.Equal(pair.First, pair.Second, 1e-6 * Math.Max(1, Math.Abs(pair.First)))
                );
            }
        }
    }

    private static float[] Filled(float value) => [.. Enumerable.Repeat(value, Size)];

    private static float[] Gaussians(ref Pcg64 random)
    {
        var values = new float[Size];
        for (int i = 0; i < Size; i++)
        {
            values[i] = (float)random.NextGaussian();
        }
        return values;
    }
}
