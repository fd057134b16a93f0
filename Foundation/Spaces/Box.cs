using System.Globalization;
using Environments.Randomness;

namespace Environments.Spaces;

/// <summary>An array of real numbers, each between its own bounds, which may be infinite.</summary>
public sealed record Box : Space
{
    private readonly float[] _low;
    private readonly float[] _high;
    private readonly int[] _shape;

    /// <summary>A vector with bounds per component.</summary>
    /// <param name="low">Lower bounds, −∞ where there is none.</param>
    /// <param name="high">Upper bounds, as many as <paramref name="low"/>.</param>
    public Box(ReadOnlySpan<float> low, ReadOnlySpan<float> high)
        : this(low, high, [low.Length]) { }

    /// <summary>An array of the given shape with the same bounds everywhere.</summary>
    public Box(float low, float high, params ReadOnlySpan<int> shape)
        : this(Fill(low, shape), Fill(high, shape), shape) { }

    /// <summary>An array of the given shape with bounds per element, row-major.</summary>
    /// <exception cref="ArgumentException">The lengths disagree with the shape, or a bound is NaN or above its partner.</exception>
    public Box(ReadOnlySpan<float> low, ReadOnlySpan<float> high, ReadOnlySpan<int> shape)
    {
        int size = Product(shape);
        if (low.Length != size || high.Length != size || size == 0)
        {
            throw new ArgumentException(
                $"The shape holds {size} elements; {low.Length} lower and {high.Length} upper bounds were given."
            );
        }
        for (int i = 0; i < size; i++)
        {
            if (!(low[i] <= high[i]))
            {
                throw new ArgumentException(
                    $"The bounds of element {i} are [{low[i]}, {high[i]}]; the lower one must not be above the upper one."
                );
            }
        }
        _low = low.ToArray();
        _high = high.ToArray();
        _shape = shape.ToArray();
    }

    /// <summary>What an element is where it is stored or sent; rows hold floats either way.</summary>
    /// <value>Default <see cref="ElementType.Float32"/>. <see cref="ElementType.UInt8"/> needs whole bounds within 0 to 255.</value>
    /// <exception cref="ArgumentException">A bound is no byte.</exception>
    public ElementType ElementType
    {
        get;
        init
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentException($"There is no element type {value}.");
            }
            if (value == ElementType.UInt8 && !(Array.TrueForAll(_low, IsByte) && Array.TrueForAll(_high, IsByte)))
            {
                throw new ArgumentException(
                    $"{this} has bounds that are no whole numbers from 0 to 255, so its elements are no bytes."
                );
            }
            field = value;
        }
    }

    /// <summary>Lower bound of each element, row-major.</summary>
    public ReadOnlySpan<float> Low => _low;

    /// <summary>Upper bound of each element, row-major.</summary>
    public ReadOnlySpan<float> High => _high;

    /// <summary>Dimensions, outermost first.</summary>
    public ReadOnlySpan<int> Shape => _shape;

    /// <summary>Whether every bound is finite.</summary>
    public bool IsBounded => Array.TrueForAll(_low, float.IsFinite) && Array.TrueForAll(_high, float.IsFinite);

    /// <inheritdoc/>
    public override int Size => _low.Length;

    /// <inheritdoc/>
    public override bool Contains(ReadOnlySpan<float> value)
    {
        if (value.Length != Size)
        {
            return false;
        }
        bool isByte = ElementType == ElementType.UInt8;
        for (int i = 0; i < value.Length; i++)
        {
            if (!(value[i] >= _low[i] && value[i] <= _high[i]) || (isByte && value[i] != MathF.Floor(value[i])))
            {
                return false;
            }
        }
        return true;
    }

    /// <inheritdoc/>
    public override void Sample(ref Pcg64 random, Span<float> value)
    {
        RequireSize(value.Length, nameof(value));
        if (ElementType == ElementType.UInt8)
        {
            for (int i = 0; i < value.Length; i++)
            {
                value[i] = random.NextInt((int)_low[i], (int)_high[i] + 1);
            }
            return;
        }
        for (int i = 0; i < value.Length; i++)
        {
            double draw = (float.IsFinite(_low[i]), float.IsFinite(_high[i])) switch
            {
                (true, true) => random.NextUniform(_low[i], _high[i]),
                (true, false) => _low[i] - Math.Log(1 - random.NextDouble()),
                (false, true) => _high[i] + Math.Log(1 - random.NextDouble()),
                _ => random.NextGaussian(),
            };
            value[i] = Math.Clamp((float)draw, _low[i], _high[i]);
        }
    }

    /// <summary>Whether the other box has the same shape and bounds.</summary>
    public bool Equals(Box? other) =>
        other is not null
        && ElementType == other.ElementType
        && Low.SequenceEqual(other.Low)
        && High.SequenceEqual(other.High)
        && Shape.SequenceEqual(other.Shape);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(_low.Length, _low[0], _high[0]);

    /// <inheritdoc/>
    public override string ToString() =>
        $"Box({Describe(_low)}, {Describe(_high)}, [{string.Join(", ", _shape)}]{(ElementType == ElementType.UInt8 ? ", uint8" : "")})";

    private static string Describe(float[] bounds)
    {
        bool same = Array.TrueForAll(bounds, bound => bound == bounds[0]);
        return same || bounds.Length > 8
            ? bounds[0].ToString("0.####", CultureInfo.InvariantCulture) + (same ? "" : " …")
            : "[" + string.Join(", ", bounds.Select(bound => bound.ToString("0.####", CultureInfo.InvariantCulture))) + "]";
    }

    private static bool IsByte(float bound) => bound is >= 0 and <= 255 && bound == MathF.Floor(bound);

    private static int Product(ReadOnlySpan<int> shape)
    {
        int product = 1;
        foreach (int dimension in shape)
        {
            product = checked(product * dimension);
        }
        return product;
    }

    private static float[] Fill(float value, ReadOnlySpan<int> shape)
    {
        var values = new float[Product(shape)];
        Array.Fill(values, value);
        return values;
    }
}
