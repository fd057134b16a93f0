using Agents.Distributions;
using Agents.Networks;
using Agents.Onnx;
using Agents.Policies;
using Agents.Policies.Acting;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;
using Xunit;

namespace Tests.OnnxTests;

/// <summary>Plays a policy here and its model in ONNX Runtime with the same observations, and compares all that they give.</summary>
internal static class OnnxComparison
{
    private const int Rows = 3;
    private const int Steps = 500;
    private const int CorrectedSteps = 200;

    /// <summary>A policy with drawn parameters and, where asked for, drawn statistics.</summary>
    public static SavedPolicy PolicyOf(NetworkSpec spec, bool normalizes = false, float scale = 1, double alpha = 0)
    {
        var random = new Pcg64(5);
        var layout = new ParameterLayout(spec);
        float[] parameters = ParameterInitializer.Create(layout, ref random);
        foreach (ref float parameter in parameters.AsSpan())
        {
            parameter += 0.05f * (float)random.NextGaussian();
        }
        if (spec.Mixture is not null)
        {
            parameters[layout[MixturePlan.Alpha].Offset] = (float)alpha;
        }
        RunningStatistics? statistics = null;
        if (normalizes)
        {
            int size = Agents.Networks.Encoders.NormalizedParts.Of(spec.ObservationSpace).Size;
            double[] mean = [.. Enumerable.Range(0, size).Select(i => 0.3 * i - 0.5)];
            double[] variance = [.. Enumerable.Range(0, size).Select(i => 0.01 + 0.2 * i)];
            statistics = RunningStatistics.FromMoments(mean, variance);
        }
        var info = new PolicyInfo
        {
            Agent = "ppo",
            Environment = "Test-v0",
            ObservationScale = scale,
        };
        return new SavedPolicy(info, spec, parameters, statistics);
    }

    /// <summary>Compares 500 steps with ends of episodes, and 200 where a memory is corrected in each.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="isSampled">Whether actions are drawn.</param>
    /// <param name="isCorrected">Whether the model is given the policy's state in each step; else it goes on from its own.</param>
    /// <param name="tolerance">The largest difference, relative where numbers are above 1.</param>
    /// <returns>The largest difference that there was.</returns>
    public static double Play(SavedPolicy policy, bool isSampled = false, bool isCorrected = false, double tolerance = 1e-5)
    {
        var options = new OnnxExportOptions
        {
            Sampled = isSampled,
            Distribution = true,
            Value = true,
        };
        using var player = new OnnxPlayer(OnnxExporter.Export(policy, options), Rows);
        var random = new Pcg64(7);
        var draws = new Pcg64(8);
        int size = policy.ObservationSpace.Size;
        var observations = new float[Rows * size];
        var starts = new bool[Rows];
        Array.Fill(starts, true);
        var state = new float[Rows * policy.CoreStateSize];
        PolicyOutput output = policy.CreateOutput(Rows);
        double largest = 0;
        int steps = isCorrected && state.Length > 0 ? CorrectedSteps : Steps;
        for (int step = 0; step < steps; step++)
        {
            for (int row = 0; row < Rows; row++)
            {
                policy.ObservationSpace.Sample(ref random, observations.AsSpan(row * size, size));
            }
            if (isCorrected)
            {
                player.SetStates(state);
            }
            float[]? noise = isSampled ? NoiseOf(policy, draws) : null;
            policy.Act(observations, starts, state, isSampled ? ActingPolicies.Sample : ActingPolicies.Greedy, ref draws, output);
            Dictionary<string, float[]> given = player.Step(observations, starts, noise);
            largest = Math.Max(largest, Compare(policy, output, given, step, tolerance));
            float[] states = Beside(player.States);
            largest = Math.Max(largest, Difference("state", step, state, states, tolerance));
            for (int row = 0; row < Rows; row++)
            {
                starts[row] = random.NextDouble() < 0.08;
            }
        }
        return largest;
    }

    private static double Compare(
        SavedPolicy policy,
        PolicyOutput output,
        Dictionary<string, float[]> given,
        int step,
        double tolerance
    )
    {
        float[] parameters = given.TryGetValue("logits", out float[]? logits)
            ? logits
            : Beside([given["mean"], given["log_std"]]);
        CompareActions(policy, output, given["action"], step, tolerance);
        return Math.Max(
            Difference("distribution", step, output.Distributions, parameters, tolerance),
            Difference("value", step, output.Values, given["value"], tolerance)
        );
    }

    // Whole numbers may differ where two are as good to rounding.
    private static void CompareActions(SavedPolicy policy, PolicyOutput output, float[] actions, int step, double tolerance)
    {
        ActionDistribution distribution = policy.ActingNetwork.Spec.Distribution;
        if (policy.ActionSpace is Box box)
        {
            Difference("action", step, output.Actions, actions, box.ElementType == ElementType.UInt8 ? 1 : tolerance);
            return;
        }
        Assert.Equal(output.Actions.Length, actions.Length);
        for (int row = 0; row < Rows; row++)
        {
            ReadOnlySpan<float> expected = output.Actions.Slice(row * distribution.ActionSize, distribution.ActionSize);
            ReadOnlySpan<float> actual = actions.AsSpan(row * distribution.ActionSize, distribution.ActionSize);
            int size = distribution.ParameterSize;
            ReadOnlySpan<float> parameters = output.Distributions.Slice(row * size, size);
            Assert.True(
                expected.SequenceEqual(actual)
                    || Math.Abs(distribution.LogProb(parameters, expected) - distribution.LogProb(parameters, actual))
                        < 4 * tolerance,
                $"Step {step}: the action of row {row} is {string.Join(", ", expected.ToArray())} here and {string.Join(", ", actual.ToArray())} in ONNX Runtime."
            );
        }
    }

    // What the policy is about to draw from a copy of its stream.
    private static float[] NoiseOf(SavedPolicy policy, Pcg64 draws)
    {
        ActionDistribution distribution = policy.ActingNetwork.Spec.Distribution;
        int count = distribution is JointCategorical ? 1 : distribution.ActionSize;
        return
        [
            .. Enumerable
                .Range(0, Rows * count)
                .Select(_ => (float)(distribution is DiagonalGaussian ? draws.NextGaussian() : draws.NextDouble())),
        ];
    }

    // [rows, a] and [rows, b] to [rows, a + b].
    private static float[] Beside(IReadOnlyCollection<float[]> parts) =>
        [
            .. Enumerable
                .Range(0, Rows)
                .SelectMany(row => parts.SelectMany(part => part.Skip(row * (part.Length / Rows)).Take(part.Length / Rows))),
        ];

    private static double Difference(
        string what,
        int step,
        ReadOnlySpan<float> expected,
        ReadOnlySpan<float> actual,
        double tolerance
    )
    {
        Assert.Equal(expected.Length, actual.Length);
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            double difference = Math.Abs(expected[i] - actual[i]) / Math.Max(1, Math.Abs(expected[i]));
            Assert.True(
                difference <= tolerance,
                $"Step {step}: number {i} of the {what} is {expected[i]} here and {actual[i]} in ONNX Runtime."
            );
            largest = Math.Max(largest, difference);
        }
        return largest;
    }
}
