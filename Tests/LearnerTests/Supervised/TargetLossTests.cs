using Agents.Networks;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Batches;
using Learners.Data;
using Learners.Engines;
using Learners.Objectives;
using Learners.Supervised;
using Learners.Supervised.Targets;
using Xunit;

namespace Tests.LearnerTests.Supervised;

/// <summary>Losses of targets against numbers that were worked out by hand, on both engines; gradients against differences.</summary>
public sealed class TargetLossTests
{
    private const int Steps = 3;
    private const int Sequences = 4;

    public static TheoryData<string, EngineKind> Cases
    {
        get
        {
            var data = new TheoryData<string, EngineKind>();
            foreach (string targets in (string[])["classes", "bits", "numbers"])
            {
                data.Add(targets, EngineKind.Managed);
                data.Add(targets, EngineKind.Torch);
            }
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_IsTheMeanOverTheStepsThatCount(string targets, EngineKind kind)
    {
        (NetworkSpec spec, Samples samples, float[] parameters) = Sample(targets);
        Batch batch = samples.CreateBatch(spec);
        samples.WriteTo(batch, spec);
        using IGradientEngine engine = GradientEngines.Create(kind, spec, (float[])parameters.Clone());
        Objective[] objectives = Objectives(samples);
        engine.Use(objectives);
        var losses = new double[objectives.Length];
        engine.Backward(batch, 0, losses, []);

        (double loss, double? accuracy) = ByHand(targets, spec, samples, parameters);

        Assert.Equal(loss, losses[0], 1e-5);
        Assert.Equal(accuracy is null ? 1 : 2, losses.Length);
        Assert.True(accuracy is null || Math.Abs(accuracy.Value - losses[1]) < 1e-5, $"{accuracy} and {losses[^1]}");
        Assert.InRange(losses[0], 0.05, 10);
        for (int i = 0; i < parameters.Length; i++)
        {
            float[] moved = (float[])parameters.Clone();
            moved[i] += 1e-3f;
            double above = ByHand(targets, spec, samples, moved).Loss;
            moved[i] -= 2e-3f;
            double below = ByHand(targets, spec, samples, moved).Loss;
            Assert.Equal((above - below) / 2e-3, engine.Gradient[i], 2e-3);
        }
    }

    [Fact]
    public void BinaryCrossEntropy_LargeLogits_StayNumbers()
    {
        // 60 nats of being wrong; with a logarithm of the sigmoid it would be infinite.
        (double loss, double accuracy) = OfOneRow(new BitTargets(2), [60, -60], [0, 1]);
        Assert.Equal(60, loss, 1e-4);
        Assert.Equal(0, accuracy);
        (loss, accuracy) = OfOneRow(new BitTargets(2), [60, -60], [1, 0]);
        Assert.Equal(0, loss, 1e-6);
        Assert.Equal(1, accuracy);
    }

    [Fact]
    public void CrossEntropy_KnownNumbers()
    {
        (double loss, double accuracy) = OfOneRow(new ClassTargets(3), [1, 2, 3], [2]);
        Assert.Equal(0.40760596, loss, 1e-6); // −3 + ln(e + e² + e³)
        Assert.Equal(1, accuracy);
        (loss, accuracy) = OfOneRow(new ClassTargets(3), [1, 2, 3], [0]);
        Assert.Equal(2.40760596, loss, 1e-6);
        Assert.Equal(0, accuracy);
    }

    [Fact]
    public void Loss_NothingCounts_IsNothing()
    {
        (NetworkSpec spec, Samples samples, float[] parameters) = Sample("classes");
        Array.Clear(samples.Counts);
        Batch batch = samples.CreateBatch(spec);
        samples.WriteTo(batch, spec);
        using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, spec, parameters);
        engine.Use(Objectives(samples));
        var losses = new double[2];

        engine.Backward(batch, 0, losses, []);

        Assert.Equal([0, 0], losses);
        Assert.False(engine.Gradient.ContainsAnyExcept(0f));
    }

    private static TargetForm FormOf(string targets) =>
        targets switch
        {
            "classes" => new ClassTargets(3),
            "bits" => new BitTargets(2),
            _ => new NumberTargets(2),
        };

    private static Objective[] Objectives(Samples samples)
    {
        TargetForm targets = samples.Form.Targets;
        return targets.Accuracy is { } accuracy ? [targets.Loss, accuracy] : [targets.Loss];
    }

    private static (NetworkSpec Spec, Samples Samples, float[] Parameters) Sample(string targets)
    {
        var form = new DataForm(new Box(-3, 3, 2), FormOf(targets), Steps);
        NetworkSpec spec = SupervisedNetwork.SpecOf(form, new NetworkSettings { HiddenSizes = [] });
        var samples = new Samples(form, Sequences);
        var random = new Pcg64(2);
        samples.Clear();
        foreach (ref float number in samples.Inputs.AsSpan())
        {
            number = (float)random.NextGaussian();
        }
        for (int i = 0; i < samples.Targets.Length; i++)
        {
            samples.Targets[i] = targets switch
            {
                "classes" => random.NextInt(0, 3),
                "bits" => random.NextInt(0, 2),
                _ => (float)random.NextGaussian(),
            };
        }
        for (int row = 0; row < samples.Count; row += 2)
        {
            samples.Counts[row] = true;
        }
        var parameters = new float[new ParameterLayout(spec).Count];
        foreach (ref float number in parameters.AsSpan())
        {
            number = (float)random.NextGaussian();
        }
        return (spec, samples, parameters);
    }

    private static (double Loss, double? Accuracy) ByHand(string targets, NetworkSpec spec, Samples samples, float[] parameters)
    {
        int outputs = spec.Heads[0].Size;
        var layout = new ParameterLayout(spec);
        ParameterSlot weight = layout["heads.answer.weight"];
        ParameterSlot bias = layout["heads.answer.bias"];
        double loss = 0;
        double right = 0;
        int rows = 0;
        for (int t = 0; t < Steps; t++)
        {
            for (int b = 0; b < Sequences; b++)
            {
                if (!samples.Counts[samples.Row(t, b)])
                {
                    continue;
                }
                rows++;
                Span<float> x = samples.Input(t, b);
                Span<float> target = samples.Target(t, b);
                var y = new double[outputs];
                for (int k = 0; k < outputs; k++)
                {
                    y[k] =
                        parameters[bias.Offset + k]
                        + (double)parameters[weight.Offset + 2 * k] * x[0]
                        + (double)parameters[weight.Offset + 2 * k + 1] * x[1];
                }
                if (targets == "classes")
                {
                    loss += Math.Log(y.Sum(Math.Exp)) - y[(int)target[0]];
                    right += Array.IndexOf(y, y.Max()) == (int)target[0] ? 1 : 0;
                }
                else
                {
                    for (int k = 0; k < outputs; k++)
                    {
                        double probability = 1 / (1 + Math.Exp(-y[k]));
                        loss +=
                            targets == "numbers"
                                ? (y[k] - target[k]) * (y[k] - target[k]) / outputs
                                : -Math.Log(target[k] == 1 ? probability : 1 - probability) / outputs;
                        right += y[k] > 0 == (target[k] == 1) ? 1.0 / outputs : 0;
                    }
                }
            }
        }
        return (loss / rows, targets == "numbers" ? null : right / rows);
    }

    private static (double Loss, double Accuracy) OfOneRow(TargetForm targets, float[] outputs, float[] target)
    {
        // A network of which only the bias of the head says something.
        var form = new DataForm(new Box(-1, 1, 1), targets, 1);
        NetworkSpec spec = SupervisedNetwork.SpecOf(form, new NetworkSettings { HiddenSizes = [] });
        var layout = new ParameterLayout(spec);
        var parameters = new float[layout.Count];
        outputs.CopyTo(layout["heads.answer.bias"].In(parameters.AsSpan()));
        var samples = new Samples(form, 1);
        samples.Clear();
        target.CopyTo(samples.Target(0, 0));
        samples.Counts[0] = true;
        Batch batch = samples.CreateBatch(spec);
        samples.WriteTo(batch, spec);
        using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, spec, parameters);
        engine.Use(Objectives(samples));
        var losses = new double[2];
        engine.Backward(batch, 0, losses, []);
        Assert.True(TensorIsFinite(engine.Gradient));
        return (losses[0], losses[1]);
    }

    private static bool TensorIsFinite(ReadOnlySpan<float> numbers)
    {
        foreach (float number in numbers)
        {
            if (!float.IsFinite(number))
            {
                return false;
            }
        }
        return true;
    }
}
