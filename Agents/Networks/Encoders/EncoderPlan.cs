using Agents.Kernels;
using Agents.Programs;
using Agents.Yaml;
using Environments.Spaces;

namespace Agents.Networks.Encoders;

/// <summary>The encoder of a network with nothing left open: features, convolutions of each image, dense layers. Immutable.</summary>
/// <remarks>
/// Each image is convolved by layers of its own; what comes out lies beside the features that are no images, in the order of the observation,
/// and all of it goes into the dense layers.
/// </remarks>
internal sealed class EncoderPlan
{
    private const int SmallestSide = 3;
    private const int LargeSide = 40;

    private static readonly ConvolutionSettings[] SmallConvolutions = [new()];

    private static readonly ConvolutionSettings[] LargeConvolutions =
    [
        new()
        {
            Channels = 32,
            Kernel = 8,
            Stride = 4,
        },
        new()
        {
            Channels = 64,
            Kernel = 4,
            Stride = 2,
        },
        new() { Channels = 64 },
    ];

    /// <summary>The encoder of observations.</summary>
    /// <exception cref="SettingsException">There is no image to convolve, or a kernel is larger than what it should read.</exception>
    public EncoderPlan(Space space, EncoderSettings settings)
    {
        Features = new ObservationFeatures(space, settings, box => ImageOf(box, settings));
        int side = int.MaxValue;
        foreach (FeaturePart part in Features.Parts)
        {
            side = Math.Min(side, part.Image?.Side ?? int.MaxValue);
        }
        Convolves = side < int.MaxValue;
        if (!Convolves && (settings.Encoder == EncoderKind.Conv || settings.Convolutions is not null))
        {
            string noImage =
                $"network.{(settings.Convolutions is null ? "encoder is conv" : "convolutions are given")}, but {space} holds no image. Use encoder mlp without convolutions.";
            throw new SettingsException(
                settings.Encoder switch
                {
                    EncoderKind.Mlp => Without("mlp"),
                    EncoderKind.Table => Without("table"),
                    EncoderKind.Auto or EncoderKind.Conv or EncoderKind.ConvBytes => noImage,
                }
            );
        }
        bool small = side < LargeSide;
        ConvolutionSettings[] convolutions = settings.Convolutions ?? (small ? SmallConvolutions : LargeConvolutions);
        var shapes = new ConvolutionShape[Features.Parts.Count][];
        var encodedSizes = new int[shapes.Length];
        for (int i = 0; i < shapes.Length; i++)
        {
            FeaturePart part = Features.Parts[i];
            shapes[i] = part.Image is { } image ? Shapes(image, convolutions) : [];
            encodedSizes[i] = shapes[i].Length == 0 ? part.Size : shapes[i][^1].OutputSize;
            EncodedSize += encodedSizes[i];
        }
        EncodedSize = settings.IsTable ? Features.Size : EncodedSize;
        Convolutions = shapes;
        EncodedSizes = encodedSizes;
        HiddenSizes =
            settings.HiddenSizes
            ?? (
                settings.IsTable ? []
                : !Convolves ? [64, 64]
                : small ? [128]
                : [512]
            );
        Activation = settings.Activation ?? (Convolves ? Activation.Relu : Activation.Tanh);
        Settings = new EncoderSettings(settings.Encoder, Convolves ? convolutions : null, HiddenSizes, Activation, settings.View);
    }

    /// <summary>What the first layers read.</summary>
    public ObservationFeatures Features { get; }

    /// <summary>Convolutions of each part of the features, first to last; none where it is no image.</summary>
    public IReadOnlyList<ConvolutionShape[]> Convolutions { get; }

    /// <summary>Floats of each part behind its convolutions.</summary>
    public IReadOnlyList<int> EncodedSizes { get; }

    /// <summary>Floats of a row before the dense layers.</summary>
    public int EncodedSize { get; }

    /// <summary>Units of each dense layer.</summary>
    public int[] HiddenSizes { get; }

    /// <summary>Nonlinearity after each layer.</summary>
    public Activation Activation { get; }

    /// <summary>Whether the observation holds an image that is convolved.</summary>
    public bool Convolves { get; }

    /// <summary>Whether nothing lies between the index of a table's row and the heads, so that each head is a table.</summary>
    public bool HeadsAreTables => Features.Table is not null && HiddenSizes.Length == 0;

    /// <summary>Floats of a row behind the encoder.</summary>
    public int OutputSize => HiddenSizes.Length == 0 ? EncodedSize : HiddenSizes[^1];

    /// <summary>The settings that build the same encoder whatever the defaults are.</summary>
    public EncoderSettings Settings { get; }

    /// <summary>Name of a convolution's parameters, without the trunk's prefix: <c>encoder.conv.0</c>, or <c>encoder.image.conv.0</c> for entry <c>image</c>.</summary>
    public string ConvolutionName(int part, int layer)
    {
        string entry = Features.Parts[part].Name;
        return $"encoder.{entry}{(entry == "" ? "" : ".")}conv.{layer}";
    }

    private static string Without(string encoder) =>
        $"network.convolutions are given, but network.encoder is {encoder}, which has none. Use auto or conv, or leave them out.";

    private static ImageShape? ImageOf(Box box, EncoderSettings settings)
    {
        ImageShape? image = ImageShape.Of(box);
        bool bytes = box.ElementType == ElementType.UInt8;
        int rank = box.Shape.Length;
        return settings.Encoder switch
        {
            EncoderKind.Auto => rank >= 3 && image?.Side >= SmallestSide ? image : null,
            EncoderKind.ConvBytes => bytes && rank >= 3 && image?.Side >= SmallestSide ? image : null,
            EncoderKind.Conv => bytes || rank >= 3 ? image : null,
            EncoderKind.Mlp or EncoderKind.Table => null,
        };
    }

    private static ConvolutionShape[] Shapes(ImageShape image, ConvolutionSettings[] convolutions)
    {
        var shapes = new ConvolutionShape[convolutions.Length];
        (int height, int width, int channels) = (image.Height, image.Width, image.Channels);
        for (int i = 0; i < shapes.Length; i++)
        {
            ConvolutionSettings layer = convolutions[i];
            if (layer.Kernel > Math.Min(height, width))
            {
                throw new SettingsException(
                    $"network.convolutions: layer {i} has a kernel of {layer.Kernel} × {layer.Kernel} for an image of {height} × {width}. Use smaller kernels or strides, or fewer layers."
                );
            }
            shapes[i] = new ConvolutionShape(height, width, channels, layer.Kernel, layer.Stride, layer.Channels);
            (height, width, channels) = (shapes[i].OutputHeight, shapes[i].OutputWidth, layer.Channels);
        }
        return shapes;
    }
}
