using System.ComponentModel.DataAnnotations;

namespace Agents.Networks.Cores;

/// <summary>How an LSTM begins.</summary>
public sealed record LstmSettings : CoreSettings
{
    /// <inheritdoc/>
    public override string Core => "lstm";

    /// <summary>
    /// What the bias of the forget gate begins at (Gers et al. 2000). With 0 a cell keeps half of what it holds at each step, so that nothing is left to
    /// learn from after 20 steps; with 1 it keeps 0.73.
    /// </summary>
    /// <value>−10 to 10. Default 0.</value>
    [Range(-10f, 10f)]
    public float ForgetBias { get; init; }
}
