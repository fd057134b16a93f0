using System.Globalization;
using Environments.Spaces;

namespace Fleet.Serving.Questions;

/// <summary>Numbers in a shape: a box, or integers or bits. Immutable.</summary>
internal sealed class NumbersForm : ObservationForm
{
    private readonly int[] _shape;
    private readonly float[] _lows; // of each number, or of one where all are alike
    private readonly float[] _highs;

    private NumbersForm(int first, int[] shape, float[] lows, float[] highs, bool areWhole)
        : base(first, Product(shape), Math.Max(1, shape.Length))
    {
        _shape = shape;
        AreWhole = areWhole;
        bool isUniform = !lows.AsSpan().ContainsAnyExcept(lows[0]) && !highs.AsSpan().ContainsAnyExcept(highs[0]);
        (_lows, _highs) = isUniform ? (lows[..1], highs[..1]) : (lows, highs);
    }

    /// <summary>Dimensions, outermost first; none for a number by itself.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>Whether its numbers are whole ones within bounds; others have only to be finite.</summary>
    public bool AreWhole { get; }

    /// <summary>Bytes of a number in a text of Base64; 0 where no such text is taken.</summary>
    public int BytesPerNumber { get; private init; }

    /// <summary>Whether true and false stand for 1 and 0.</summary>
    public bool TakesBooleans { get; private init; }

    /// <summary>Most bytes of a text that it takes, with every character escaped; 0 for none.</summary>
    public long LongestText => BytesPerNumber == 0 ? 0 : 6L * ((long)Size * BytesPerNumber + 2) / 3 * 4 + 16;

    /// <inheritdoc/>
    public override string Expected =>
        Size == 1 && _shape.Length < 2
            ? AreWhole
                ? OneNumber(0)
                : "a finite number"
            : $"{Numbers}{(_shape.Length > 1 ? $", nested as {string.Join(" × ", _shape)} or in one list" : "")}";

    /// <summary>How many numbers of what kind, such as <c>4 numbers</c>.</summary>
    public string Numbers => Size == 1 ? "1 number" : $"{Size} numbers";

    /// <summary>The form of a box, of integers or of bits.</summary>
    /// <param name="space">The space.</param>
    /// <param name="first">Index of its first number within a row.</param>
    public static NumbersForm Of(Space space, int first)
    {
        if (space is Box box)
        {
            bool areBytes = box.ElementType == ElementType.UInt8;
            return new NumbersForm(
                first,
                box.Shape.ToArray(),
                areBytes ? box.Low.ToArray() : Same(float.MinValue, box.Size),
                areBytes ? box.High.ToArray() : Same(float.MaxValue, box.Size),
                areBytes
            )
            {
                BytesPerNumber = areBytes ? 1 : sizeof(float),
            };
        }
        return space switch
        {
            Discrete discrete => new NumbersForm(first, [], [0], [discrete.Count - 1], true),
            MultiDiscrete several => new NumbersForm(
                first,
                [several.Size],
                Same(0, several.Size),
                Array.ConvertAll(several.Counts.ToArray(), count => count - 1f),
                true
            ),
            MultiBinary bits => new NumbersForm(first, [bits.Count], Same(0, bits.Count), Same(1, bits.Count), true)
            {
                TakesBooleans = true,
            },
            _ => throw new NotSupportedException($"{space} is of a kind that is not known here."),
        };
    }

    /// <summary>Whether a number may stand at a place.</summary>
    /// <param name="value">The number.</param>
    /// <param name="index">Its place, from 0.</param>
    public bool Holds(float value, int index)
    {
        int i = _lows.Length == 1 ? 0 : index;
        return value >= _lows[i] && value <= _highs[i] && (!AreWhole || value == MathF.Floor(value));
    }

    /// <summary>What may stand at a place, as the end of a sentence.</summary>
    public string OneNumber(int index)
    {
        int i = _lows.Length == 1 ? 0 : index;
        return AreWhole
            ? string.Create(CultureInfo.InvariantCulture, $"a whole number from {_lows[i]} to {_highs[i]}")
            : "a finite number";
    }

    private static int Product(int[] shape) => shape.Aggregate(1, (product, dimension) => product * dimension);

    private static float[] Same(float value, int count)
    {
        var values = new float[count];
        Array.Fill(values, value);
        return values;
    }
}
