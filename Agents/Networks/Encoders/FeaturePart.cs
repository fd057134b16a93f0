using System.Numerics.Tensors;
using Agents.Yaml;
using Environments.Spaces;

namespace Agents.Networks.Encoders;

/// <summary>One entry of an observation, or some of its numbers, and what the network reads of it.</summary>
internal sealed class FeaturePart
{
    // Bytes up to this are names of things; larger ones are quantities.
    private const float LargestSymbol = 16;

    private readonly int[]? _places; // where each element's features begin; null where they follow one another
    private readonly int[]? _counts; // of one-hot vectors
    private readonly float[]? _lows; // what the first number of a one-hot vector stands for
    private readonly float[]? _scales;

    private FeaturePart(int observationSize, int size)
    {
        ObservationSize = observationSize;
        Size = size;
    }

    private FeaturePart(int[] counts, float[] lows, int[] places, int size)
        : this(counts.Length, size)
    {
        _counts = counts;
        _lows = lows;
        _places = places;
        NonZeros = counts.Length;
    }

    private FeaturePart(float[]? scales, int[]? places, int size)
        : this(size, size)
    {
        _scales = scales;
        _places = places;
        NonZeros = size;
    }

    /// <summary>First float within an observation.</summary>
    public int First { get; private set; }

    /// <summary>Path of the entry in a <see cref="Dict"/>; empty where the observation is one entry.</summary>
    public string Name { get; private init; } = "";

    /// <summary>First float within a row of features.</summary>
    public int Offset { get; init; }

    /// <summary>Floats within an observation.</summary>
    public int ObservationSize { get; }

    /// <summary>Floats within a row of features.</summary>
    public int Size { get; }

    /// <summary>Floats that can be other than 0 at a time.</summary>
    public int NonZeros { get; private init; }

    /// <summary>Whether most floats are likely to be 0: one-hot vectors, and planes of flags.</summary>
    public bool IsSparse { get; private init; }

    /// <summary>Sides and channels of an image that is to be convolved, channels last; null for anything else.</summary>
    public ImageShape? Image { get; private init; }

    /// <summary>Whether the features are the entry's own numbers in their own order.</summary>
    public bool IsCopy => _places is null && _counts is null && _scales is null;

    /// <summary>The features of an entry, or of some of its numbers.</summary>
    /// <param name="part">What is read.</param>
    /// <param name="offset">First float within a row of features.</param>
    /// <param name="image">How the entry is an image to be convolved; null where it is not.</param>
    public static FeaturePart Of(ViewedPart part, int offset, ImageShape? image)
    {
        string name = part.Name;
        FeaturePart features = part.Space switch
        {
            Discrete discrete => Integers([discrete.Count], name, offset),
            MultiDiscrete multi => Integers(multi.Counts.ToArray(), name, offset),
            Box { ElementType: ElementType.UInt8 } box => Bytes(box, name, offset, image),
            Box box => Numbers(box, null, name, offset, image),
            _ => new FeaturePart(null, null, part.Space.Size) { Name = name, Offset = offset },
        };
        features.First = part.First;
        return features;
    }

    /// <summary>Writes the features of one row.</summary>
    /// <param name="observation"><see cref="ObservationSize"/> floats.</param>
    /// <param name="features">Destination of <see cref="Size"/> floats.</param>
    /// <exception cref="ArgumentException">An integer of the observation is outside its space.</exception>
    public void Encode(ReadOnlySpan<float> observation, Span<float> features)
    {
        if (_counts is not null)
        {
            features.Clear();
            for (int i = 0; i < observation.Length; i++)
            {
                features[_places![i] + IndexOf(observation[i], i)] = 1;
            }
            return;
        }
        if (_places is not null)
        {
            for (int i = 0; i < observation.Length; i++)
            {
                features[_places[i]] = _scales is null ? observation[i] : observation[i] * _scales[i];
            }
            return;
        }
        if (_scales is not null)
        {
            TensorPrimitives.Multiply(observation, _scales, features);
            return;
        }
        observation.CopyTo(features);
    }

    /// <summary>What each feature is, for whoever computes them elsewhere, <c>[Size]</c>.</summary>
    public FeatureSource[] Sources()
    {
        var sources = new FeatureSource[Size];
        for (int element = 0; element < ObservationSize; element++)
        {
            int first = _places is null ? element : _places[element];
            for (int i = 0; i < (_counts is null ? 1 : _counts[element]); i++)
            {
                sources[first + i] = new FeatureSource(
                    element,
                    _counts is null ? null : _lows![element] + i,
                    _scales is null ? 1 : _scales[element]
                );
            }
        }
        return sources;
    }

    private int IndexOf(float value, int element)
    {
        float shifted = value - _lows![element];
        int index = (int)shifted;
        return (uint)index < (uint)_counts![element] && index == shifted
            ? index
            : throw new ArgumentException(
                $"The observation holds {value} where a whole number from {_lows[element]} to {_lows[element] + _counts[element] - 1} belongs."
            );
    }

    private static FeaturePart Integers(int[] counts, string name, int offset) =>
        new(counts, new float[counts.Length], Places(counts), Total(counts))
        {
            Name = name,
            Offset = offset,
            IsSparse = true,
        };

    private static FeaturePart Bytes(Box box, string name, int offset, ImageShape? image)
    {
        float highest = TensorPrimitives.Max(box.High);
        if (highest <= 1)
        {
            return Numbers(box, null, name, offset, image);
        }
        if (highest <= LargestSymbol)
        {
            return Symbols(box, name, offset, image);
        }
        var scales = new float[box.Size];
        for (int i = 0; i < scales.Length; i++)
        {
            scales[i] = box.High[i] > 0 ? 1 / box.High[i] : 1;
        }
        return Numbers(box, scales, name, offset, image);
    }

    private static FeaturePart Numbers(Box box, float[]? scales, string name, int offset, ImageShape? image)
    {
        bool flags = box.ElementType == ElementType.UInt8 && scales is null;
        if (image is not { } shape)
        {
            return new FeaturePart(scales, null, box.Size) { Name = name, Offset = offset };
        }
        int channels = shape.Frames * shape.Channels;
        int[]? places = shape.Frames == 1 ? null : Places(shape, Places(Enumerable.Repeat(1, channels).ToArray()), channels);
        return new FeaturePart(scales, places, box.Size)
        {
            Name = name,
            Offset = offset,
            IsSparse = flags,
            Image = new ImageShape(1, shape.Height, shape.Width, channels),
        };
    }

    // One-hot: each element of a vector by its own bounds; each channel of an image by the widest bounds of its pixels.
    private static FeaturePart Symbols(Box box, string name, int offset, ImageShape? image)
    {
        var lows = new float[box.Size];
        var counts = new int[box.Size];
        if (image is not { } shape)
        {
            for (int i = 0; i < box.Size; i++)
            {
                lows[i] = box.Low[i];
                counts[i] = (int)(box.High[i] - box.Low[i]) + 1;
            }
            return new FeaturePart(counts, lows, Places(counts), Total(counts))
            {
                Name = name,
                Offset = offset,
                IsSparse = true,
            };
        }
        int channels = shape.Frames * shape.Channels;
        var channelLows = new float[channels];
        var channelHighs = new float[channels];
        Array.Fill(channelLows, float.PositiveInfinity);
        for (int i = 0; i < box.Size; i++)
        {
            int channel = ChannelOf(shape, i);
            channelLows[channel] = Math.Min(channelLows[channel], box.Low[i]);
            channelHighs[channel] = Math.Max(channelHighs[channel], box.High[i]);
        }
        int[] channelCounts = [.. channelLows.Zip(channelHighs, (low, high) => (int)(high - low) + 1)];
        for (int i = 0; i < box.Size; i++)
        {
            lows[i] = channelLows[ChannelOf(shape, i)];
            counts[i] = channelCounts[ChannelOf(shape, i)];
        }
        int features = Total(channelCounts);
        int[] places = Places(shape, Places(channelCounts), features);
        return new FeaturePart(counts, lows, places, shape.Height * shape.Width * features)
        {
            Name = name,
            Offset = offset,
            IsSparse = true,
            Image = new ImageShape(1, shape.Height, shape.Width, features),
        };
    }

    // From [frame, y, x, channel] to the frame's channel: frames lie behind one another within a pixel.
    private static int ChannelOf(ImageShape shape, int element) =>
        element / (shape.Height * shape.Width * shape.Channels) * shape.Channels + element % shape.Channels;

    private static int[] Places(ImageShape shape, int[] channelPlaces, int features)
    {
        var places = new int[shape.Frames * shape.Height * shape.Width * shape.Channels];
        for (int i = 0; i < places.Length; i++)
        {
            int pixel = i / shape.Channels % (shape.Height * shape.Width);
            places[i] = pixel * features + channelPlaces[ChannelOf(shape, i)];
        }
        return places;
    }

    private static int Total(int[] counts)
    {
        long total = counts.Sum(count => (long)count);
        return total <= Array.MaxLength
            ? (int)total
            : throw new SettingsException(
                $"The observation's integers have {total} values in all, each of which is an input of the network; at most {Array.MaxLength} are possible. Let the environment show large numbers as a Box."
            );
    }

    private static int[] Places(int[] counts)
    {
        var places = new int[counts.Length];
        for (int i = 1; i < places.Length; i++)
        {
            places[i] = places[i - 1] + counts[i - 1];
        }
        return places;
    }
}

/// <summary>Where a feature comes from: a number of the entry times a factor, or 1 where that number is a symbol and 0 elsewhere.</summary>
/// <param name="Element">Place of the number within the entry.</param>
/// <param name="Symbol">The symbol of a one-hot vector; null for a number.</param>
/// <param name="Factor">What the number is multiplied with.</param>
internal sealed record FeatureSource(int Element, float? Symbol, float Factor);
