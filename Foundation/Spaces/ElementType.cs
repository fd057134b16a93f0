namespace Environments.Spaces;

/// <summary>What one element of a <see cref="Box"/> is outside of a row of floats: in an unroll, on the wire, in Gymnasium.</summary>
public enum ElementType
{
    /// <summary>A 32-bit real number.</summary>
    Float32,

    /// <summary>A whole number from 0 to 255: pixels, grids of symbols, flags. Kept and sent as one byte.</summary>
    UInt8,
}
