using System.ComponentModel.DataAnnotations;

namespace Agents.Networks.Cores.Stacked;

/// <summary>Settings of a stack of layers; <c>core_size</c> is the size of each.</summary>
public sealed record StackedSettings : CoreSettings
{
    /// <inheritdoc/>
    public override string Core => "stack";

    /// <summary>Layers, the first of which reads the encoder.</summary>
    /// <value>1 to 32. Default 2.</value>
    [Range(1, 32)]
    public int Layers { get; init; } = 2;

    /// <summary>Core that each layer is, with its defaults.</summary>
    /// <value>The name of a core other than stack that remembers no ring of steps, as a transformer does. Default ln_lstm.</value>
    public string Layer { get; init; } = "ln_lstm";
}
