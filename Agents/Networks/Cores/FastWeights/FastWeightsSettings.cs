using System.ComponentModel.DataAnnotations;
using Agents.Programs;

namespace Agents.Networks.Cores.FastWeights;

/// <summary>Settings of a memory of fast weights.</summary>
public sealed record FastWeightsSettings : CoreSettings
{
    /// <inheritdoc/>
    public override string Core => "fast_weights";

    /// <summary>Share of the fast weights that is left after a step, λ.</summary>
    /// <value>0 to 1. Default 0.95.</value>
    [Range(0f, 1f)]
    public float Decay { get; init; } = 0.95f;

    /// <summary>Share of an output's outer product that is added to the fast weights, η.</summary>
    /// <value>0 to 100. Default 0.5.</value>
    [Range(0f, 100f)]
    public float Rate { get; init; } = 0.5f;

    /// <summary>Times that a step reads the fast weights, S.</summary>
    /// <value>0 to 16. Default 1.</value>
    [Range(0, 16)]
    public int Reads { get; init; } = 1;

    /// <summary>Nonlinearity of the outputs.</summary>
    /// <value>Default relu, as published.</value>
    public Activation Activation { get; init; } = Activation.Relu;
}
