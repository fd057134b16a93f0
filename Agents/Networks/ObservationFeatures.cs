using Environments.Spaces;

namespace Agents.Networks;

/// <summary>What the first layer reads: integers of an observation as one-hot vectors, everything else as it is.</summary>
internal static class ObservationFeatures
{
    /// <summary>Features of one observation.</summary>
    public static int SizeOf(Space space) =>
        space switch
        {
            Discrete discrete => discrete.Count,
            MultiDiscrete multi => Sum(multi.Counts),
            Dict dict => Sum(dict),
            _ => space.Size,
        };

    /// <summary>Whether features and observation are the same numbers, so that nothing has to be copied.</summary>
    public static bool AreIdentity(Space space) =>
        space is Box or MultiBinary || (space is Dict && SizeOf(space) == space.Size && !HasIntegers(space));

    /// <summary>Writes the features of one observation.</summary>
    /// <exception cref="ArgumentException">An integer of the observation is outside its space.</exception>
    public static void Encode(Space space, ReadOnlySpan<float> observation, Span<float> features)
    {
        switch (space)
        {
            case Discrete discrete:
                OneHot(observation[0], features[..discrete.Count]);
                break;
            case MultiDiscrete multi:
                for (int i = 0; i < multi.Counts.Length; i++)
                {
                    OneHot(observation[i], features[..multi.Counts[i]]);
                    features = features[multi.Counts[i]..];
                }
                break;
            case Dict dict:
                foreach ((_, Space entry) in dict.Entries)
                {
                    Encode(entry, observation[..entry.Size], features);
                    observation = observation[entry.Size..];
                    features = features[SizeOf(entry)..];
                }
                break;
            default:
                observation.CopyTo(features);
                break;
        }
    }

    /// <summary>Writes the features of rows of observations.</summary>
    public static void EncodeRows(Space space, ReadOnlySpan<float> observations, Span<float> features)
    {
        int featureSize = SizeOf(space);
        for (int row = 0; row < observations.Length / space.Size; row++)
        {
            Encode(space, observations.Slice(row * space.Size, space.Size), features.Slice(row * featureSize, featureSize));
        }
    }

    private static void OneHot(float value, Span<float> features)
    {
        int index = (int)value;
        if ((uint)index >= (uint)features.Length || index != value)
        {
            throw new ArgumentException(
                $"The observation holds {value} where a whole number from 0 to {features.Length - 1} belongs."
            );
        }
        features.Clear();
        features[index] = 1;
    }

    private static bool HasIntegers(Space space) =>
        space switch
        {
            Discrete or MultiDiscrete => true,
            Dict dict => dict.Entries.ToArray().Any(entry => HasIntegers(entry.Value)),
            _ => false,
        };

    private static int Sum(ReadOnlySpan<int> counts)
    {
        int sum = 0;
        foreach (int count in counts)
        {
            sum += count;
        }
        return sum;
    }

    private static int Sum(Dict dict)
    {
        int sum = 0;
        foreach ((_, Space entry) in dict.Entries)
        {
            sum += SizeOf(entry);
        }
        return sum;
    }
}
