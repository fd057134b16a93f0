using System.ComponentModel.DataAnnotations;

namespace Agents.Networks.Cores.PerceptionPredictionReaction;

/// <summary>Settings of a perception-prediction-reaction core; <c>core_size</c> is the size of each fast core.</summary>
public sealed record PprSettings : CoreSettings
{
    /// <inheritdoc/>
    public override string Core => "ppr";

    /// <summary>Steps between two ticks of the slow core, τ, counted from the start of each copy's own episode.</summary>
    /// <value>1 to 256. Default 4.</value>
    [Range(1, 256)]
    public int Period { get; init; } = 4;

    /// <summary>Units of the slow core.</summary>
    /// <value>0, the default, for as many as a fast core has; at most 4,096.</value>
    [Range(0, 4_096)]
    public int SlowSize { get; init; }

    /// <summary>What the slow core reads of the interval that ends with a tick.</summary>
    /// <value>last, the default, mean, or none.</value>
    public SlowInput SlowInput { get; init; } = SlowInput.Last;

    /// <summary>Whether perception forgets at each tick, so that it knows the current interval alone.</summary>
    /// <value>Default true. Otherwise it is a recurrent network of its own, and there is no asymmetry.</value>
    public bool ResetPerception { get; init; } = true;

    /// <summary>Whether reaction forgets at each tick, so that all that is older than the interval comes from the slow core.</summary>
    /// <value>Default true.</value>
    public bool ResetReaction { get; init; } = true;

    /// <summary>Whether prediction forgets at each tick, so that it knows nothing but the slow core and the steps since the tick.</summary>
    /// <value>Default true. Otherwise its state is one more that actors carry.</value>
    public bool ResetPrediction { get; init; } = true;

    /// <summary>Whether reaction reads the slow core.</summary>
    /// <value>Default true.</value>
    public bool SlowToReaction { get; init; } = true;

    /// <summary>Whether prediction reads the slow core.</summary>
    /// <value>Default true. Otherwise it knows the steps since the tick alone.</value>
    public bool SlowToPrediction { get; init; } = true;

    /// <summary>What the biases of forget gates begin at, of all four cores.</summary>
    /// <value>−10 to 10. Default 0.</value>
    [Range(-10f, 10f)]
    public float ForgetBias { get; init; }
}

/// <summary>What a slow core reads at a tick.</summary>
public enum SlowInput
{
    /// <summary>What perception gave in the last step of the interval.</summary>
    Last,

    /// <summary>The mean of what perception gave in the steps of the interval.</summary>
    Mean,

    /// <summary>Nothing: it knows how many ticks there were.</summary>
    None,
}
