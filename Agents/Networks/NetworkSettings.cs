using System.ComponentModel.DataAnnotations;
using Agents.Networks.Cores;
using Agents.Networks.Cores.Transformers;
using Agents.Networks.Encoders;
using Agents.Programs;
using Agents.Yaml;
using Protos.Foreign;

namespace Agents.Networks;

/// <summary>Hyper-parameters of an actor-critic network; with the spaces of an environment they make a <see cref="NetworkSpec"/>.</summary>
/// <remarks>
/// Null leaves a choice to the observations. For images with a side below 40 pixels the defaults are the network that MinAtar was published
/// with (Young and Tian 2019): one 3 × 3 convolution of 16 channels, then 128 units. For larger ones they are those of Mnih et al. 2015:
/// 32 channels of 8 × 8 with stride 4, 64 of 4 × 4 with stride 2, 64 of 3 × 3, then 512 units.
/// </remarks>
public sealed record NetworkSettings : IValidatableObject, IKeyHints
{
    private const int MostHeads = 64;

    /// <summary>How the observation is read before the dense layers.</summary>
    /// <value>Default auto: convolutions for images, none for anything else.</value>
    public EncoderKind Encoder { get; init; } = EncoderKind.Auto;

    /// <summary>
    /// Parts of the observation that the network reads: entries of a dictionary by their paths, or places in a vector, <c>3</c> or <c>2-5</c> with both
    /// ends, or places in an entry, <c>vector:2-5</c>.
    /// </summary>
    /// <value>Each part once, in any order; they are read in the order of the observation. Null, the default, is everything.</value>
    public string[]? View { get; init; }

    /// <summary>Convolutions on each image of the observation, first to last.</summary>
    /// <value>Null, the default, chooses by the size of the image.</value>
    public ConvolutionSettings[]? Convolutions { get; init; }

    /// <summary>Units of each dense layer of the encoder, which reads all parts of the observation together.</summary>
    /// <value>Each 1 to 16,384; empty for none. Null, the default, is 64, 64 without images, 128 for small and 512 for large ones, and none for a table.</value>
    public int[]? HiddenSizes { get; init; }

    /// <summary>Nonlinearity after each layer of the encoder.</summary>
    /// <value>Null, the default, is tanh, or the rectifier where there are images.</value>
    public Activation? Activation { get; init; }

    /// <summary>How weights of encoder and heads begin; tables have rules of their own: 0 where they are heads, Gaussian rows before other layers.</summary>
    /// <value>Default orthogonal.</value>
    public WeightInitialization Initialization { get; init; }

    /// <summary>Memory between encoder and heads.</summary>
    /// <value>The name of a core, which <c>agents list</c> shows. Default identity: none.</value>
    public string Core
    {
        get;
        init
        {
            CoreEntry? core = MemoryCores.Find(value);
            field = core?.Name ?? value; // as the table writes it
            CoreSettings = core?.Settings;
        }
    } = MemoryCores.Identity;

    /// <summary>Settings that the memory has by itself, under its name; set after <see cref="Core"/>, which begins with its defaults.</summary>
    /// <value>Null for a core that has none.</value>
    public CoreSettings? CoreSettings { get; init; }

    /// <summary>Units of the memory, where there is one; the width of a transformer.</summary>
    /// <value>1 to 4,096. Default 64.</value>
    [Range(1, 4_096)]
    public int CoreSize { get; init; } = 64;

    /// <summary>Layers, heads, memory and gates of a transformer, where it is the core.</summary>
    public TransformerSettings Transformer { get; init; } = new();

    /// <summary>Whether actor and critic share encoder and core, and differ only in their heads.</summary>
    /// <value>Null, the default, is separate networks for vectors and a shared one for images, as usual.</value>
    public bool? SharedTrunk { get; init; }

    /// <summary>Heads beside those of policy and value, which objectives of an agent ask for by name.</summary>
    /// <value>Default none.</value>
    public HeadSettings[] Heads { get; init; } = [];

    /// <summary>Earlier policies that act together with the network's own, as a curriculum has them.</summary>
    /// <value>Null, the default, is none.</value>
    public MixtureSettings? Mixture { get; init; }

    /// <summary>Whether the network's ±1 are the bounds of each bounded component of continuous actions; else its outputs are the actions. Both are clipped.</summary>
    /// <value>
    /// Null, the default, scales where some component has 0 outside its bounds, or a half range below 0.25 or above 4, which outputs around 0 with
    /// deviation 1 would hardly explore.
    /// </value>
    public bool? ScaleActions { get; init; }

    /// <summary>Initial natural logarithm of the standard deviation of continuous actions, in units of the action, or of its half range where it is scaled.</summary>
    /// <value>−20 to 5. Default 0.</value>
    [Range(-20f, 5f)]
    public float InitialLogStd { get; init; }

    string? IKeyHints.HintOf(string key) =>
        key == Core && MemoryCores.Find(key) is null ? "The core is not known: " + MemoryCores.Unknown(key)
        : MemoryCores.Find(key)?.Settings is null ? null
        : $"It goes with network.core={key}, and the core is {Core}.";

    /// <summary>What is said of the encoder.</summary>
    internal EncoderSettings OfEncoder => new(Encoder, Convolutions, HiddenSizes, Activation, View);

    /// <summary>What is said of the memory.</summary>
    internal CoreChoice OfCore => new(Core, CoreSize, CoreSettings, Transformer);

    /// <summary>Names of the memories of all policies, each once: those of earlier policies of a mixture, then the network's own; empty without any.</summary>
    internal IReadOnlyList<string> Memories =>
        [
            .. (Mixture?.Stages ?? [])
                .Where(stage => stage.Remembers(Core))
                .Select(stage => stage.CoreOf(Core))
                .Append(Core)
                .Where(core => core != MemoryCores.Identity)
                .Distinct(),
        ];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (int size in HiddenSizes ?? [])
        {
            if (size is < 1 or > 16_384)
            {
                yield return new ValidationResult(
                    $"A layer of {size} units is not possible. Use 1 to 16384.",
                    [nameof(HiddenSizes)]
                );
            }
        }
        if (Heads.Length > MostHeads)
        {
            yield return new ValidationResult(
                $"{Heads.Length} heads are not possible. Use at most {MostHeads}.",
                [nameof(Heads)]
            );
            yield break;
        }
        foreach (HeadSettings head in Heads)
        {
            if (MistakeOf(head) is { } mistake)
            {
                yield return new ValidationResult(mistake, [nameof(Heads)]);
            }
        }
        if (MemoryCores.Find(Core) is not { } core)
        {
            yield return new ValidationResult(MemoryCores.Unknown(Core), [nameof(Core)]);
            yield break;
        }
        if (CoreSettings?.Core != core.Settings?.Core)
        {
            yield return new ValidationResult(
                $"the core is {Core}, and the settings are those of {CoreSettings?.Core ?? "none"}. Give those of the core, or leave them out.",
                [nameof(CoreSettings)]
            );
        }
        foreach (ValidationResult mistake in core.Validate(OfCore))
        {
            yield return mistake;
        }
    }

    /// <summary>Whether the other settings have equal values.</summary>
    public bool Equals(NetworkSettings? other) =>
        other is not null
        && Encoder == other.Encoder
        && AreEqual(View, other.View)
        && AreEqual(Convolutions, other.Convolutions)
        && AreEqual(HiddenSizes, other.HiddenSizes)
        && Activation == other.Activation
        && Initialization == other.Initialization
        && Core == other.Core
        && CoreSettings == other.CoreSettings
        && CoreSize == other.CoreSize
        && Transformer == other.Transformer
        && SharedTrunk == other.SharedTrunk
        && AreEqual(Heads, other.Heads)
        && Mixture == other.Mixture
        && ScaleActions == other.ScaleActions
        && InitialLogStd.Equals(other.InitialLogStd);

    /// <inheritdoc/>
    public override int GetHashCode() =>
        HashCode.Combine(
            (Encoder, View?.Length),
            Convolutions?.Length,
            HiddenSizes?.Length,
            (Activation, Initialization),
            (Core, CoreSettings),
            (CoreSize, Transformer),
            (SharedTrunk, ScaleActions, Heads.Length, Mixture),
            InitialLogStd
        );

    private string? MistakeOf(HeadSettings head)
    {
        bool isName = head.Name.Length > 0 && head.Name.All(letter => char.IsAsciiLetterLower(letter) || letter == '_');
        if (!isName)
        {
            return $"'{ForeignText.Show(head.Name)}' is no name of a head. Use lower-case letters and underscores.";
        }
        if (head.Name is Head.Policy or Head.Value || Heads.Count(other => other.Name == head.Name) > 1)
        {
            return $"two heads have the name {head.Name}. Name each differently; policy and value are taken.";
        }
        if (head.Kind == HeadKind.Policy)
        {
            return $"the head {head.Name} is a second policy, and a network has one. Choose another kind.";
        }
        return head.Trunk is Head.ActorTrunk or Head.CriticTrunk
            ? null
            : $"the head {head.Name} reads the trunk '{ForeignText.Show(head.Trunk)}'. Choose {Head.ActorTrunk} or {Head.CriticTrunk}.";
    }

    // No list, which leaves the choice open, is something else than an empty one.
    private static bool AreEqual<T>(T[]? a, T[]? b)
        where T : IEquatable<T> => a is null || b is null ? a == b : a.AsSpan().SequenceEqual(b);
}
