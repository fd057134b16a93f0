using System.Numerics.Tensors;
using Agents.Networks;
using Agents.Networks.Encoders;
using Environments.Randomness;
using Environments.Spaces;

namespace Learners.Auxiliary;

/// <summary>Names observations by 64 bits each, so that visits can be counted. It looks at what the network reads of them, or at a view of its own, before any normalising, so that names stay.</summary>
internal abstract class ObservationKeys
{
    /// <summary>The key of an observation.</summary>
    /// <param name="observation">All of it, as the task gave it.</param>
    public abstract ulong Of(ReadOnlySpan<float> observation);

    /// <summary>The keys that settings ask for.</summary>
    /// <param name="settings">Which observations are the same.</param>
    /// <param name="network">The agent's network.</param>
    /// <param name="seed">Seed of random planes.</param>
    public static ObservationKeys Create(CountBonusSettings settings, NetworkSpec network, SeedSequence seed)
    {
        IReadOnlyList<ViewedPart> parts = settings.View is null
            ? ObservationView.PartsOf(network.ObservationSpace, network.Settings.View)
            : ObservationView.PartsOf(network.ObservationSpace, settings.View, $"{settings.Name}.view");
        CountKey key = settings.Key;
        if (key == CountKey.Automatic)
        {
            key = parts.All(part => IsCounted(part.Space)) ? CountKey.Exact : CountKey.Hashed;
        }
        return key switch
        {
            CountKey.Exact => new NumberKeys(parts, resolution: 0),
            CountKey.Rounded => new NumberKeys(parts, settings.Resolution),
            CountKey.Hashed => new PlaneKeys(parts, settings.HashBits, seed),
            CountKey.Automatic => throw new InvalidOperationException("It was decided above."),
        };
    }

    private static bool IsCounted(Space space) => space is not Box box || box.ElementType == ElementType.UInt8;
}

/// <summary>Keys of numbers as they are, or rounded.</summary>
/// <remarks>Numbers are mixed by the finaliser of SplitMix64 (Steele, Lea and Flood 2014), which gives every single number a key of its own, and of several nearly so.</remarks>
internal sealed class NumberKeys : ObservationKeys
{
    private readonly int[] _places;
    private readonly double[] _scales; // what a number is multiplied with before it is rounded; 0 where it is taken as it is

    /// <summary>Keys of what is read of an observation.</summary>
    /// <param name="parts">What is read.</param>
    /// <param name="resolution">Width of a cell, of a bounded number as a share of its range; 0 to round nothing.</param>
    public NumberKeys(IReadOnlyList<ViewedPart> parts, float resolution)
    {
        var places = new List<int>();
        var scales = new List<double>();
        foreach (ViewedPart part in parts)
        {
            for (int i = 0; i < part.Space.Size; i++)
            {
                places.Add(part.First + i);
                scales.Add(resolution > 0 && part.Space is Box box ? 1 / (resolution * RangeOf(box, i)) : 0);
            }
        }
        (_places, _scales) = ([.. places], [.. scales]);
    }

    /// <inheritdoc/>
    public override ulong Of(ReadOnlySpan<float> observation)
    {
        ulong key = 0;
        for (int i = 0; i < _places.Length; i++)
        {
            double number = observation[_places[i]];
            if (_scales[i] > 0)
            {
                number = Math.Round(number * _scales[i]);
            }
            key = Mix(key ^ BitConverter.DoubleToUInt64Bits(number + 0.0)); // −0 is 0
        }
        return key;
    }

    private static double RangeOf(Box box, int i)
    {
        double range = (double)box.High[i] - box.Low[i];
        return double.IsFinite(range) && range > 0 ? range : 1;
    }

    private static ulong Mix(ulong word)
    {
        word += 0x9E3779B97F4A7C15;
        word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9;
        word = (word ^ word >> 27) * 0x94D049BB133111EB;
        return word ^ word >> 31;
    }
}

/// <summary>SimHash: on which side of each of k random planes an observation lies, sign(A h + b) with standard normal A and b (Charikar 2002).</summary>
/// <remarks>
/// h is what the network reads: one-hot integers, symbols and bits, and numbers, of which bounded ones are brought to −1 to 1. Planes of nothing but
/// directions all meet in one point, and cut a plane into 2 k cells alone, so that each has a bias of its own.
/// </remarks>
internal sealed class PlaneKeys : ObservationKeys
{
    private readonly (FeaturePart Features, float[] Centres, float[] Scales)[] _parts;
    private readonly float[] _features;
    private readonly float[] _planes; // [k, F]
    private readonly float[] _biases; // [k]

    /// <summary>Keys by planes that are drawn from a seed.</summary>
    /// <param name="parts">What is read of an observation.</param>
    /// <param name="bits">k, 1 to 64.</param>
    /// <param name="seed">Their seed.</param>
    public PlaneKeys(IReadOnlyList<ViewedPart> parts, int bits, SeedSequence seed)
    {
        int size = 0;
        _parts = new (FeaturePart, float[], float[])[parts.Count];
        for (int i = 0; i < _parts.Length; i++)
        {
            FeaturePart features = FeaturePart.Of(parts[i], size, null);
            size += features.Size;
            _parts[i] = (features, [], []);
            if (features.IsCopy && parts[i].Space is Box box)
            {
                _parts[i] = (features, ToUnit(box, centres: true), ToUnit(box, centres: false));
            }
        }
        _features = new float[size];
        _planes = new float[bits * size];
        _biases = new float[bits];
        var random = new Pcg64(seed);
        Draw(_planes, ref random);
        Draw(_biases, ref random);
    }

    /// <inheritdoc/>
    public override ulong Of(ReadOnlySpan<float> observation)
    {
        foreach ((FeaturePart part, float[] centres, float[] scales) in _parts)
        {
            Span<float> features = _features.AsSpan(part.Offset, part.Size);
            part.Encode(observation.Slice(part.First, part.ObservationSize), features);
            if (scales.Length > 0)
            {
                TensorPrimitives.Subtract(features, centres, features);
                TensorPrimitives.Multiply(features, scales, features);
            }
        }
        ulong key = 0;
        for (int i = 0; i < _biases.Length; i++)
        {
            ReadOnlySpan<float> plane = _planes.AsSpan(i * _features.Length, _features.Length);
            bool isAbove = TensorPrimitives.Dot(plane, _features) + _biases[i] > 0;
            key |= isAbove ? 1UL << i : 0;
        }
        return key;
    }

    private static float[] ToUnit(Box box, bool centres)
    {
        var numbers = new float[box.Size];
        for (int i = 0; i < numbers.Length; i++)
        {
            double half = ((double)box.High[i] - box.Low[i]) / 2;
            bool isBounded = double.IsFinite(half) && half > 0;
            numbers[i] = centres ? (isBounded ? (float)(box.Low[i] + half) : 0) : (isBounded ? (float)(1 / half) : 1);
        }
        return numbers;
    }

    private static void Draw(Span<float> numbers, ref Pcg64 random)
    {
        foreach (ref float number in numbers)
        {
            number = (float)random.NextGaussian();
        }
    }
}
