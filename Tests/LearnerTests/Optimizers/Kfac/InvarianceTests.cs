using Environments.Randomness;
using Learners.Optimizers.Kfac;
using Xunit;

namespace Tests.LearnerTests.Optimizers.Kfac;

/// <summary>
/// The natural gradient does not depend on how inputs are written: with them multiplied by an invertible matrix and the weights by its
/// inverse, one step changes the network's function in the same way. Nothing that treats coordinates one by one has this property.
/// </summary>
public sealed class InvarianceTests
{
    private const int Samples = 40;
    private const int Inputs = 3;
    private const int Hidden = 5;
    private const int Outputs = 4;

    private static readonly double[] Transform = [2, 0.5, -1, 0, 3, 0.25, 1, -0.5, 0.4];

    [Fact]
    public void Solve_TransformedInputs_ChangesTheFunctionAlike()
    {
        (double[] before, double[] after) = Functions(null, natural: true);
        (double[] transformedBefore, double[] transformedAfter) = Functions(Transform, natural: true);

        Assert.All(before.Zip(transformedBefore), pair => Assert.Equal(pair.First, pair.Second, 1e-10));
        Assert.True(before.Zip(after).Max(pair => Math.Abs(pair.First - pair.Second)) > 0.01, "the step must do something");
        Assert.All(after.Zip(transformedAfter), pair => Assert.Equal(pair.First, pair.Second, 1e-8));
    }

    [Fact]
    public void GradientStep_TransformedInputs_ChangesTheFunctionOtherwise()
    {
        (_, double[] after) = Functions(null, natural: false);
        (_, double[] transformedAfter) = Functions(Transform, natural: false);

        Assert.True(after.Zip(transformedAfter).Max(pair => Math.Abs(pair.First - pair.Second)) > 1e-3);
    }

    /// <summary>Logits of all samples before and after one step of a tanh network, with inputs x or P x.</summary>
    private static (double[] Before, double[] After) Functions(double[]? transform, bool natural)
    {
        var random = new Pcg64(11);
        double[] x = Draw(ref random, Samples * Inputs);
        double[] first = Draw(ref random, Hidden * (Inputs + 1));
        double[] second = Draw(ref random, Outputs * (Hidden + 1));
        double[] advantages = Draw(ref random, Samples);
        if (transform is not null)
        {
            x = Times(x, Transposed(transform, Inputs), Samples, Inputs, Inputs);
            double[] inverse = Inverse(transform, Inputs);
            for (int row = 0; row < Hidden; row++)
            {
                double[] weights = Times(first[(row * 4)..(row * 4 + 3)], inverse, 1, Inputs, Inputs);
                weights.CopyTo(first, row * 4);
            }
        }
        var input = new RunningFactor<double>(Inputs, true);
        var hiddenGradient = new RunningFactor<double>(Hidden, false);
        var hidden = new RunningFactor<double>(Hidden, true);
        var outputGradient = new RunningFactor<double>(Outputs, false);
        double[] firstLoss = new double[first.Length];
        double[] secondLoss = new double[second.Length];
        double[] before = Forward(x, first, second, out double[] activations);
        for (int sample = 0; sample < Samples; sample++)
        {
            double[] xs = x[(sample * Inputs)..((sample + 1) * Inputs)];
            double[] hs = activations[(sample * Hidden)..((sample + 1) * Hidden)];
            double[] probabilities = Softmax(before[(sample * Outputs)..((sample + 1) * Outputs)]);
            int drawn = sample % Outputs; // the same draws for both
            int taken = sample * 7 % Outputs;
            double[] score = [.. probabilities.Select((p, i) => (i == drawn ? 1 : 0) - p)];
            double[] loss = [.. probabilities.Select((p, i) => -advantages[sample] * ((i == taken ? 1 : 0) - p) / Samples)];
            double[] hiddenScore = Back(score, second, hs);
            double[] hiddenLoss = Back(loss, second, hs);
            input.Add(xs, 1);
            hiddenGradient.Add(hiddenScore, 1);
            hidden.Add(hs, 1);
            outputGradient.Add(score, 1);
            AddOuter(loss, hs, secondLoss);
            AddOuter(hiddenLoss, xs, firstLoss);
        }
        if (natural)
        {
            foreach (RunningFactor<double> factor in (RunningFactor<double>[])[input, hiddenGradient, hidden, outputGradient])
            {
                factor.Fold(1.0 / Samples, 1);
                ClosedForms.Decompose(factor);
            }
            firstLoss = ClosedForms.Solve(new KroneckerBlock<double>(input, hiddenGradient), firstLoss, 0, DampingKind.Plain);
            // Logits have one direction that changes nothing, so this layer's block needs damping; its inputs are not transformed.
            secondLoss = ClosedForms.Solve(
                new KroneckerBlock<double>(hidden, outputGradient),
                secondLoss,
                0.01,
                DampingKind.Plain
            );
        }
        double[] stepped = [.. first.Zip(firstLoss, (w, g) => w - 0.1 * g)];
        double[] secondStepped = [.. second.Zip(secondLoss, (w, g) => w - 0.1 * g)];
        return (before, Forward(x, stepped, secondStepped, out _));
    }

    private static double[] Forward(double[] x, double[] first, double[] second, out double[] activations)
    {
        activations = new double[Samples * Hidden];
        var logits = new double[Samples * Outputs];
        for (int sample = 0; sample < Samples; sample++)
        {
            for (int unit = 0; unit < Hidden; unit++)
            {
                double sum = first[unit * (Inputs + 1) + Inputs];
                for (int i = 0; i < Inputs; i++)
                {
                    sum += first[unit * (Inputs + 1) + i] * x[sample * Inputs + i];
                }
                activations[sample * Hidden + unit] = Math.Tanh(sum);
            }
            for (int output = 0; output < Outputs; output++)
            {
                double sum = second[output * (Hidden + 1) + Hidden];
                for (int i = 0; i < Hidden; i++)
                {
                    sum += second[output * (Hidden + 1) + i] * activations[sample * Hidden + i];
                }
                logits[sample * Outputs + output] = sum;
            }
        }
        return logits;
    }

    private static double[] Back(double[] outputs, double[] second, double[] hidden)
    {
        var result = new double[Hidden];
        for (int unit = 0; unit < Hidden; unit++)
        {
            for (int output = 0; output < Outputs; output++)
            {
                result[unit] += outputs[output] * second[output * (Hidden + 1) + unit];
            }
            result[unit] *= 1 - hidden[unit] * hidden[unit];
        }
        return result;
    }

    private static void AddOuter(double[] outputs, double[] inputs, double[] gradient)
    {
        for (int row = 0; row < outputs.Length; row++)
        {
            for (int column = 0; column <= inputs.Length; column++)
            {
                double value = column < inputs.Length ? inputs[column] : 1;
                gradient[row * (inputs.Length + 1) + column] += outputs[row] * value;
            }
        }
    }

    private static double[] Softmax(double[] logits)
    {
        double sum = logits.Sum(Math.Exp);
        return [.. logits.Select(logit => Math.Exp(logit) / sum)];
    }

    private static double[] Draw(ref Pcg64 random, int count)
    {
        var values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextGaussian();
        }
        return values;
    }

    private static double[] Times(double[] a, double[] b, int rows, int inner, int columns)
    {
        var product = new double[rows * columns];
        Matrices.Multiply<double>(a, inner, 1, b, product, rows, columns, inner);
        return product;
    }

    private static double[] Transposed(double[] matrix, int size)
    {
        var transposed = new double[matrix.Length];
        Matrices.Transpose<double>(matrix, transposed, size, size);
        return transposed;
    }

    // Gauss-Jordan; the matrix is far from singular.
    private static double[] Inverse(double[] matrix, int size)
    {
        var a = (double[])matrix.Clone();
        var inverse = new double[size * size];
        for (int i = 0; i < size; i++)
        {
            inverse[i * size + i] = 1;
        }
        for (int pivot = 0; pivot < size; pivot++)
        {
            double scale = 1 / a[pivot * size + pivot];
            for (int row = 0; row < size; row++)
            {
                double factor = row == pivot ? 1 - scale : a[row * size + pivot] * scale;
                for (int column = 0; column < size; column++)
                {
                    if (row == pivot)
                    {
                        continue;
                    }
                    a[row * size + column] -= factor * a[pivot * size + column];
                    inverse[row * size + column] -= factor * inverse[pivot * size + column];
                }
            }
            for (int column = 0; column < size; column++)
            {
                a[pivot * size + column] *= scale;
                inverse[pivot * size + column] *= scale;
            }
        }
        return inverse;
    }
}
