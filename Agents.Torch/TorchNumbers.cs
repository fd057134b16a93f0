using TorchSharp;
using static TorchSharp.torch;

namespace Agents.Torch;

/// <summary>Arithmetic of tensors with numbers, and whatever else TorchSharp makes a <see cref="Scalar"/> for.</summary>
/// <remarks>
/// TorchSharp hands a scalar's native address to the library and forgets the object, so that a collection may finalise it, and free
/// what the library is reading: the call fails, or computes with another number. That holds for its own operators too, among them the
/// sum of two tensors, whose factor is a scalar. The methods here keep theirs until the call is over; a test finds every other use.
/// </remarks>
internal static class TorchNumbers
{
    private static readonly Scalar One = 1.ToScalar();
    private static readonly Scalar Two = 2.ToScalar();

    /// <summary>left + right.</summary>
    public static Tensor Plus(this Tensor left, Tensor right) => left.add(right, One);

    /// <summary>left + right, in whole numbers where <paramref name="left"/> has them.</summary>
    public static Tensor Plus(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.add(number, One);
    }

    /// <summary>left + right.</summary>
    public static Tensor Plus(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.add(number, One);
    }

    /// <summary>left × right.</summary>
    public static Tensor Times(this Tensor left, double right)
    {
        using Scalar number = right.ToScalar();
        return left.mul(number);
    }

    /// <summary>The square of every number.</summary>
    public static Tensor Squared(this Tensor numbers) => numbers.pow(Two);

    /// <summary>Every number to a power.</summary>
    public static Tensor ToThe(this Tensor numbers, double power)
    {
        using Scalar exponent = power.ToScalar();
        return numbers.pow(exponent);
    }

    /// <summary>Every number, no lower than <paramref name="least"/> and no higher than <paramref name="most"/>.</summary>
    public static Tensor Within(this Tensor numbers, double least, double most)
    {
        using Scalar low = least.ToScalar();
        using Scalar high = most.ToScalar();
        return numbers.clamp(low, high);
    }

    /// <summary>left modulo right, with the sign of <paramref name="right"/>.</summary>
    public static Tensor Modulo(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.remainder(number);
    }

    /// <summary>Where left = right.</summary>
    public static Tensor EqualTo(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.eq(number);
    }

    /// <summary>Where left ≥ right.</summary>
    public static Tensor AtLeast(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.ge(number);
    }

    /// <summary>Where left ≤ right.</summary>
    public static Tensor AtMost(this Tensor left, long right)
    {
        using Scalar number = right.ToScalar();
        return left.le(number);
    }

    /// <summary>The numbers, but <paramref name="number"/> where the mask is true.</summary>
    public static Tensor Filled(this Tensor numbers, Tensor mask, double number)
    {
        using Scalar filling = number.ToScalar();
        return numbers.masked_fill(mask, filling);
    }

    /// <summary>0, 1, … count − 1, <c>[count]</c> int64.</summary>
    public static Tensor Range(long count)
    {
        using Scalar start = 0L.ToScalar();
        using Scalar end = count.ToScalar();
        return arange(start, end, One, ScalarType.Int64);
    }
}
