using Agents.Yaml;
using Environments.Spaces;

namespace Agents.Networks.Encoders;

/// <summary>All integers and bits that a network reads as one number: which of their combinations it is. Immutable.</summary>
/// <remarks>The last number counts fastest, as in a row-major array whose dimensions are the numbers of values.</remarks>
internal sealed class TableIndex
{
    /// <summary>Most combinations: whole numbers that float32 holds exactly.</summary>
    public const int MostCombinations = 1 << 24;

    private readonly (int Place, int Count)[] _numbers; // where each lies within an observation, and how many values it has

    /// <summary>The index of what a network reads.</summary>
    /// <param name="parts">Parts of an observation.</param>
    /// <exception cref="SettingsException">A part is neither integers nor bits, or there are too many combinations.</exception>
    public TableIndex(IReadOnlyList<ViewedPart> parts)
    {
        var numbers = new List<(int Place, int Count)>();
        long combinations = 1;
        foreach (ViewedPart part in parts)
        {
            for (int i = 0; i < part.Space.Size; i++)
            {
                int count = CountOf(part, i);
                numbers.Add((part.First + i, count));
                combinations *= count;
                if (combinations > MostCombinations)
                {
                    throw new SettingsException(
                        $"network.encoder is table, and what it reads has more than {MostCombinations} combinations: {string.Join(", ", parts.Select(read => $"{read.Name} {read.Space}".TrimStart()))}. Read less of it by network.view, or use another encoder."
                    );
                }
            }
        }
        _numbers = [.. numbers];
        Combinations = (int)combinations;
    }

    /// <summary>Rows of a table, at most <see cref="MostCombinations"/>.</summary>
    public int Combinations { get; }

    /// <summary>Where each number lies within an observation, and how many values it has; the last counts fastest.</summary>
    public IReadOnlyList<(int Place, int Count)> Numbers => _numbers;

    /// <summary>The combination that an observation shows, from 0.</summary>
    /// <param name="observation">All of it.</param>
    /// <exception cref="ArgumentException">A number of the observation is outside its space.</exception>
    public int Of(ReadOnlySpan<float> observation)
    {
        int index = 0;
        foreach ((int place, int count) in _numbers)
        {
            float value = observation[place];
            int number = (int)value;
            if ((uint)number >= (uint)count || number != value)
            {
                throw new ArgumentException($"The observation holds {value} where a whole number from 0 to {count - 1} belongs.");
            }
            index = index * count + number;
        }
        return index;
    }

    private static int CountOf(ViewedPart part, int place) =>
        part.Space switch
        {
            Discrete discrete => discrete.Count,
            MultiDiscrete several => several.Counts[place],
            MultiBinary => 2,
            _ => throw new SettingsException(
                $"network.encoder is table, and {(part.Name.Length == 0 ? "the observation" : $"the entry '{part.Name}'")} {part.Space} is neither integers nor bits. Leave it out by network.view, or use another encoder."
            ),
        };
}
