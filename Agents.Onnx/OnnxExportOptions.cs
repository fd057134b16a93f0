namespace Agents.Onnx;

/// <summary>What an exported policy does and gives. Immutable.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>Whether actions are drawn from the policy's distribution, by noise that the caller gives in each step; else the most probable one is taken.</summary>
    /// <value>Default false.</value>
    public bool Sampled { get; init; }

    /// <summary>Whether the distribution is an output: logits, or means and logarithms of standard deviations.</summary>
    /// <value>Default false.</value>
    public bool Distribution { get; init; }

    /// <summary>Whether the value of the observation is an output. A critic with layers of its own is in the model only then.</summary>
    /// <value>Default false.</value>
    public bool Value { get; init; }
}
