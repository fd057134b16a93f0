using System.ComponentModel.DataAnnotations;

namespace Agents.Networks.Cores.NormalizedLstm;

/// <summary>Noise of a layer-normalised LSTM while it learns; actors take its expectation.</summary>
public sealed record NormalizedLstmSettings : CoreSettings
{
    /// <inheritdoc/>
    public override string Core => "ln_lstm";

    /// <summary>Share of the outputs that stay as they were in a step (Krueger et al. 2017).</summary>
    /// <value>0 to 0.99. Default 0.</value>
    [Range(0f, 0.99f)]
    public float ZoneoutOutput { get; init; }

    /// <summary>Share of the cells that stay as they were in a step.</summary>
    /// <value>0 to 0.99. Default 0.</value>
    [Range(0f, 0.99f)]
    public float ZoneoutCell { get; init; }

    /// <summary>Share of the inputs that are dropped in a step (Srivastava et al. 2014).</summary>
    /// <value>0 to 0.99. Default 0.</value>
    [Range(0f, 0.99f)]
    public float Dropout { get; init; }
}
