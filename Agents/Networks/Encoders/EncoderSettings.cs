using Agents.Programs;

namespace Agents.Networks.Encoders;

/// <summary>What the settings of a network say of its encoder; null leaves a choice to the observations.</summary>
/// <param name="Encoder">How the observation is read before the dense layers.</param>
/// <param name="Convolutions">Convolutions on each image, first to last.</param>
/// <param name="HiddenSizes">Units of each dense layer; empty for none.</param>
/// <param name="Activation">Nonlinearity after each layer.</param>
/// <param name="View">Parts of the observation that are read; null for everything.</param>
internal sealed record EncoderSettings(
    EncoderKind Encoder,
    ConvolutionSettings[]? Convolutions,
    int[]? HiddenSizes,
    Activation? Activation,
    string[]? View = null
)
{
    /// <summary>Whether what is read is the index of a table's row.</summary>
    public bool IsTable =>
        Encoder switch
        {
            EncoderKind.Table => true,
            EncoderKind.Auto or EncoderKind.Mlp or EncoderKind.Conv or EncoderKind.ConvBytes => false,
        };
}
