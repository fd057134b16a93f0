using Agents.Distributions;
using Agents.Networks;
using Agents.Onnx.Building;
using Environments.Spaces;

namespace Agents.Onnx.Acting;

/// <summary>From the parameters of a distribution to an action as the environment takes it.</summary>
/// <remarks>
/// A model that samples takes its noise as an input, one number for each choice: what the action is, is then a function of what goes in, so that runs can be
/// repeated and compared on any runtime, where ONNX's own random operators keep a hidden state and differ from one runtime to the next. A uniform number inverts the
/// cumulative distribution of a choice, as <see cref="Categorical"/> does, which needs one number where Gumbel noise would need one for each action.
/// </remarks>
/// <param name="graph">The model.</param>
/// <param name="network">The policy's network.</param>
internal sealed class ActionOutputs(OnnxGraph graph, NetworkSpec network)
{
    /// <summary>Name of the input of noise.</summary>
    public const string Noise = "noise";

    /// <summary>Chooses actions.</summary>
    /// <param name="parameters">Of the distributions, <c>[N, P]</c>.</param>
    /// <param name="isSampled">Whether they are drawn; else the most probable ones are taken.</param>
    /// <returns>Actions, in the environment's own form.</returns>
    public OnnxValue Choose(OnnxValue parameters, bool isSampled)
    {
        ActionDistribution distribution = network.Distribution;
        OnnxValue? noise = isSampled ? NoiseOf(distribution) : null;
        return distribution switch
        {
            DiagonalGaussian => Mapped(Drawn(parameters, distribution.ActionSize, noise)),
            Categorical => graph.Reshape(Index(parameters, distribution.HeadSize, noise), -1),
            JointCategorical joint => Parted(Index(parameters, joint.HeadSize, noise), joint.Counts.ToArray()),
            MultiCategorical => Several(parameters, CountsOf(network.ActionSpace), noise),
            _ => throw new NotSupportedException($"A model cannot choose from {distribution.GetType().Name}."),
        };
    }

    /// <summary>The distributions as outputs: logits, or means and logarithms of deviations.</summary>
    /// <param name="parameters">Of the distributions, <c>[N, P]</c>.</param>
    public IEnumerable<(OnnxValue Value, OnnxSignature Signature)> Describe(OnnxValue parameters)
    {
        ActionDistribution distribution = network.Distribution;
        int size = distribution.HeadSize;
        if (distribution is not DiagonalGaussian)
        {
            string meaning =
                distribution is MultiCategorical ? "Logits of each choice, one choice after the other."
                : distribution is JointCategorical ? "Logits of all combinations of choices, the last choice running fastest."
                : "Logits of the actions.";
            yield return (parameters, Signature("logits", size, meaning));
            yield break;
        }
        yield return (
            graph.Columns(parameters, 0, size),
            Signature("mean", size, "Means of the normal distributions, before they are scaled and clipped to actions.")
        );
        yield return (
            graph.Columns(parameters, size, size),
            Signature("log_std", size, "Natural logarithms of their standard deviations.")
        );
    }

    private static OnnxSignature Signature(string name, int size, string meaning) =>
        new(name, OnnxElement.Float, OnnxGraph.Batch, [size], meaning);

    private OnnxValue NoiseOf(ActionDistribution distribution)
    {
        (int size, string kind) = distribution switch
        {
            DiagonalGaussian => (distribution.ActionSize, "Standard normal"),
            JointCategorical => (1, "Uniform in [0, 1)"),
            _ => (distribution.ActionSize, "Uniform in [0, 1)"),
        };
        return graph.Input(Signature(Noise, size, $"{kind} numbers, drawn anew by the caller in each step."));
    }

    // [N, 1] int64. A uniform number has passed so many of the summed weights, of which the last one cannot be passed.
    private OnnxValue Index(OnnxValue logits, int count, OnnxValue? noise)
    {
        if (noise is null || count == 1)
        {
            return graph.Apply("ArgMax", [logits], OnnxGraph.Integer("axis", 1), OnnxGraph.Integer("keepdims", 1));
        }
        OnnxValue weights = graph.Apply("Exp", [graph.Minus(logits, graph.GreatestOfColumns(logits))]);
        OnnxValue threshold = graph.Times(noise, graph.SumOfColumns(weights));
        OnnxValue summed = graph.Columns(graph.Apply("CumSum", [weights, graph.Integers([1], [])]), 0, count - 1);
        OnnxValue isPassed = graph.Apply("LessOrEqual", [summed, threshold]);
        return graph.SumOfColumns(graph.Cast(isPassed, OnnxElement.Integer));
    }

    private OnnxValue Several(OnnxValue logits, int[] counts, OnnxValue? noise)
    {
        var choices = new OnnxValue[counts.Length];
        int first = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            OnnxValue own = counts.Length == 1 ? logits : graph.Columns(logits, first, counts[i]);
            OnnxValue? number = noise is null || counts.Length == 1 ? noise : graph.Columns(noise, i, 1);
            choices[i] = Index(own, counts[i], number);
            first += counts[i];
        }
        return graph.Beside(choices);
    }

    private OnnxValue Parted(OnnxValue index, int[] counts)
    {
        var choices = new OnnxValue[counts.Length];
        for (int i = counts.Length - 1; i >= 0; i--)
        {
            OnnxValue count = graph.Integers([counts[i]], [1]);
            choices[i] = graph.Apply("Mod", [index, count]);
            index = graph.Apply("Div", [index, count]);
        }
        return graph.Beside(choices);
    }

    private OnnxValue Drawn(OnnxValue parameters, int size, OnnxValue? noise)
    {
        OnnxValue mean = graph.Columns(parameters, 0, size);
        return noise is null
            ? mean
            : graph.Plus(mean, graph.Times(graph.Apply("Exp", [graph.Columns(parameters, size, size)]), noise));
    }

    // As ActionMapping does it.
    private OnnxValue Mapped(OnnxValue sample)
    {
        var box = (Box)network.ActionSpace;
        var mapping = new ActionMapping(box, network.ScalesActions);
        if (mapping is { Scales: { } scales, Centres: { } centres })
        {
            sample = graph.Times(sample, graph.Floats([.. scales], [1, box.Size], "actions.scale"));
            sample = graph.Plus(sample, graph.Floats([.. centres], [1, box.Size], "actions.centre"));
        }
        sample = graph.Apply("Max", [sample, graph.Floats(box.Low, [1, box.Size], "actions.low")]);
        sample = graph.Apply("Min", [sample, graph.Floats(box.High, [1, box.Size], "actions.high")]);
        (OnnxElement element, long[] sizes) = ObservationInputs.TensorOf(box);
        if (element == OnnxElement.Byte)
        {
            sample = graph.Cast(graph.Apply("Round", [sample]), OnnxElement.Byte);
        }
        return sizes.Length == 1 ? sample : graph.Reshape(sample, [-1, .. sizes]);
    }

    private static int[] CountsOf(Space actions) =>
        actions switch
        {
            MultiDiscrete several => several.Counts.ToArray(),
            MultiBinary bits => [.. Enumerable.Repeat(2, bits.Count)],
            _ => throw new NotSupportedException($"{actions} is not several choices."),
        };
}
