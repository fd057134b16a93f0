using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Environments.Spaces;

namespace Fleet.Checks;

/// <summary>The limits of a space's rows, as floats and, where they cross so, as the frames that an unroll holds.</summary>
internal sealed class SpaceLimits
{
    // What a simulator's rounding, or a scale's, may add to a bound.
    private const float Rounding = 1e-4f;

    private readonly Space _space;
    private readonly int _row;
    private readonly RowLimits<float> _floats;
    private readonly RowLimits<byte>? _bytes;

    /// <summary>Limits of a space.</summary>
    /// <param name="space">Space of whole rows.</param>
    /// <param name="largest">Where it has no bounds: the largest magnitude that one can learn from.</param>
    /// <param name="frames">Frames that a row is a stack of; a frame has the limits that all of them share.</param>
    public SpaceLimits(Space space, float largest, int frames = 1)
    {
        _space = space;
        var low = new float[space.Size];
        var high = new float[space.Size];
        var whole = new bool[space.Size];
        Describe(space, low, high, whole, largest);
        _row = space.Size / frames;
        for (int i = _row; i < low.Length; i++)
        {
            low[i % _row] = MathF.Min(low[i % _row], low[i]);
            high[i % _row] = MathF.Max(high[i % _row], high[i]);
        }
        Low = low[.._row];
        High = high[.._row];
        _floats = new RowLimits<float>(Low, High, whole.AsSpan(0, _row));
        if (space is Box { ElementType: ElementType.UInt8 } && !(IsAll(Low, 0) && IsAll(High, byte.MaxValue)))
        {
            _bytes = new RowLimits<byte>(ToBytes(Low), ToBytes(High), []);
        }
    }

    /// <summary>Smallest values of a row, or of a frame.</summary>
    public float[] Low { get; }

    /// <summary>Largest values of a row, or of a frame.</summary>
    public float[] High { get; }

    /// <summary>What is wrong with rows.</summary>
    /// <param name="name">What a row is, in one word.</param>
    /// <param name="rows">Rows, or frames, one after the other.</param>
    /// <returns>One line; null where nothing is.</returns>
    public string? Defect(string name, ReadOnlySpan<float> rows) =>
        _floats.FirstOutside(rows) is >= 0 and var index ? Describe(name, index, rows[index]) : null;

    /// <summary>What is wrong with frames.</summary>
    /// <param name="name">What a frame is, in one word.</param>
    /// <param name="frames">Frames one after the other, as an unroll holds them.</param>
    /// <param name="areBytes">Whether numbers are bytes, and not floats.</param>
    /// <returns>One line; null where nothing is.</returns>
    public string? Defect(string name, ReadOnlySpan<byte> frames, bool areBytes) =>
        !areBytes ? Defect(name, MemoryMarshal.Cast<byte, float>(frames))
        : _bytes?.FirstOutside(frames) is >= 0 and var index ? Describe(name, index, frames[index])
        : null;

    private string Describe(string name, int index, float value) =>
        $"{name} {value} of row {index / _row} is not in {_space}{(_row > 1 ? $" (element {index % _row})" : "")}";

    private static void Describe(Space space, Span<float> low, Span<float> high, Span<bool> whole, float largest)
    {
        switch (space)
        {
            case Box box:
                bool bytes = box.ElementType == ElementType.UInt8;
                for (int i = 0; i < box.Size; i++)
                {
                    low[i] = MathF.Max(bytes ? box.Low[i] : Below(box.Low[i]), -largest);
                    high[i] = MathF.Min(bytes ? box.High[i] : -Below(-box.High[i]), largest);
                }
                whole.Fill(bytes);
                return;
            case Dict dict:
                int start = 0;
                foreach ((_, Space entry) in dict.Entries)
                {
                    Range range = start..(start += entry.Size);
                    Describe(entry, low[range], high[range], whole[range], largest);
                }
                return;
            case MultiDiscrete several:
                TensorPrimitives.ConvertSaturating(several.Counts, high);
                TensorPrimitives.Subtract(high, 1, high);
                break;
            case Discrete discrete:
                high.Fill(discrete.Count - 1);
                break;
            case MultiBinary:
                high.Fill(1);
                break;
            default:
                throw new NotSupportedException($"Nobody has said which rows are in {space}.");
        }
        low.Clear();
        whole.Fill(true);
    }

    private static float Below(float bound) => bound - Rounding * MathF.Max(1, MathF.Abs(bound));

    private static bool IsAll(ReadOnlySpan<float> bounds, float value) => !bounds.ContainsAnyExcept(value);

    private static byte[] ToBytes(float[] bounds) => [.. bounds.Select(bound => (byte)bound)];
}
