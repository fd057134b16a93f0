using Environments.Randomness;
using Environments.State;
using Learners.Optimizers;
using TorchSharp;
using Xunit;
using Parameter = TorchSharp.Modules.Parameter;

namespace Tests.LearnerTests.Optimizers;

public sealed class OptimizerTests
{
    private const int Size = 1_003; // not a multiple of any vector width
    private const int Steps = 50;

    public static TheoryData<OptimizerKind> Kinds => [OptimizerKind.Adam, OptimizerKind.RmsProp];

    [Theory]
    [InlineData(1f)]
    [InlineData(-20f)]
    [InlineData(0.01f)]
    public void AdamUpdate_FirstStep_IsTheLearningRateAlongTheSign(float gradient)
    {
        float[] parameters = new float[Size];

        new Adam(Size, new AdamOptions { Epsilon = 1e-8f }).Update(parameters, Filled(gradient), 0.1f);

        double expected = -0.1 * Math.Sign(gradient) * (1 - 1e-8 / Math.Abs(gradient));
        Assert.All(parameters, parameter => Assert.Equal(expected, parameter, 1e-7));
    }

    [Fact]
    public void AdamUpdate_FirstStepWithLargeEpsilon_IsShorterByEpsilonOverGradient()
    {
        float[] parameters = new float[Size];

        new Adam(Size, new AdamOptions { Epsilon = 0.5f }).Update(parameters, Filled(2), 1);

        Assert.All(parameters, parameter => Assert.Equal(-2 / 2.5, parameter, 1e-6));
    }

    [Theory]
    [InlineData(false, 0f, 9.99900)]
    [InlineData(true, 0f, 9.99500)]
    [InlineData(true, 1f, 0.999995)]
    public void RmsPropUpdate_FirstStep_EqualsClosedForm(bool epsilonInsideRoot, float initialMeanSquare, double expected)
    {
        float[] parameters = new float[Size];
        var options = new RmsPropOptions { EpsilonInsideRoot = epsilonInsideRoot, InitialMeanSquare = initialMeanSquare };

        new RmsProp(Size, options).Update(parameters, Filled(1), 1);

        Assert.All(parameters, parameter => Assert.Equal(-expected, parameter, 1e-5));
    }

    [Theory]
    [InlineData(1e-5f)]
    [InlineData(1e-8f)]
    public void AdamUpdate_FiftySteps_EqualsTorch(float epsilon)
    {
        var random = new Pcg64(41);
        float[] parameters = Gaussians(ref random);
        var adam = new Adam(Size, new AdamOptions { Epsilon = epsilon });
        using DisposeScope scope = torch.NewDisposeScope();
        Parameter reference = new(torch.tensor(parameters));
        using torch.optim.Optimizer torchAdam = torch.optim.Adam([reference], lr: 1e-3, beta1: 0.9, beta2: 0.999, eps: epsilon);

        AssertSameSteps(ref random, parameters, adam, reference, torchAdam);
    }

    [Theory]
    [InlineData(0.99f, 1e-5f)]
    [InlineData(0.9f, 1e-3f)]
    public void RmsPropUpdate_FiftySteps_EqualsTorch(float decay, float epsilon)
    {
        var random = new Pcg64(42);
        float[] parameters = Gaussians(ref random);
        var rmsProp = new RmsProp(Size, new RmsPropOptions { Decay = decay, Epsilon = epsilon });
        using DisposeScope scope = torch.NewDisposeScope();
        Parameter reference = new(torch.tensor(parameters));
        using torch.optim.Optimizer torchRmsProp = torch.optim.RMSProp([reference], lr: 1e-3, alpha: decay, eps: epsilon);

        AssertSameSteps(ref random, parameters, rmsProp, reference, torchRmsProp);
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.9)]
    public void SgdUpdate_FiftySteps_EqualsTorch(double momentum)
    {
        var random = new Pcg64(44);
        float[] parameters = Gaussians(ref random);
        var sgd = new Sgd(Size, new SgdOptions { Momentum = momentum });
        using DisposeScope scope = torch.NewDisposeScope();
        Parameter reference = new(torch.tensor(parameters));
        using torch.optim.Optimizer torchSgd = torch.optim.SGD([reference], 1e-3, momentum: momentum);

        AssertSameSteps(ref random, parameters, sgd, reference, torchSgd);
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
        var options = new RmsPropOptions
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
    public void LoadState_AfterSomeSteps_ContinuesBitForBit(OptimizerKind kind)
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
    public void LoadState_OfAnotherSizeOrOptimizer_Throws(OptimizerKind kind)
    {
        var other = new StateDictionary();
        Create(kind, Size + 1).SaveState(other);

        Assert.Throws<InvalidDataException>(() => Create(kind, Size).LoadState(other));
        Assert.Throws<InvalidDataException>(() => Create(kind, Size).LoadState(new StateDictionary()));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Update_WrongSizes_ThrowsAndNamesThem(OptimizerKind kind)
    {
        IOptimizer optimizer = Create(kind, 8);

        ArgumentException first = Assert.Throws<ArgumentException>(() => optimizer.Update(new float[7], new float[8], 1));
        ArgumentException second = Assert.Throws<ArgumentException>(() => optimizer.Update(new float[8], new float[9], 1));

        Assert.Contains("8 parameters; 7 parameters and 8 gradients", first.Message, StringComparison.Ordinal);
        Assert.Contains("8 parameters; 8 parameters and 9 gradients", second.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Update_ZeroGradient_MovesNothing(OptimizerKind kind)
    {
        var random = new Pcg64(45);
        float[] parameters = Gaussians(ref random);
        float[] before = [.. parameters];

        Create(kind, Size).Update(parameters, new float[Size], 1);

        Assert.Equal(before, parameters);
    }

    private static IOptimizer Create(OptimizerKind kind, int size) =>
        kind == OptimizerKind.Adam ? new Adam(size, new AdamOptions()) : new RmsProp(size, new RmsPropOptions());

    private static void AssertSameSteps(
        ref Pcg64 random,
        float[] parameters,
        IOptimizer optimizer,
        Parameter reference,
        torch.optim.Optimizer torchOptimizer
    )
    {
        float[] before = [.. parameters];
        for (int step = 0; step < Steps; step++)
        {
            float[] gradient = Gaussians(ref random);
            optimizer.Update(parameters, gradient, 1e-3f);
            reference.grad = torch.tensor(gradient);
            torchOptimizer.step();
            float[] expected = reference.data<float>().ToArray();
            for (int i = 0; i < Size; i++)
            {
                Assert.Equal(expected[i], parameters[i], 1e-6 * Math.Max(1, Math.Abs(expected[i])));
            }
        }
        Assert.Contains(before.Zip(parameters), pair => Math.Abs(pair.First - pair.Second) > 1e-3f);
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
