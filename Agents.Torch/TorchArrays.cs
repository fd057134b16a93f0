using System.Runtime.InteropServices;
using Agents.Programs.Execution;
using static TorchSharp.torch;

namespace Agents.Torch;

/// <summary>What interpreters do to tensors of two dimensions on one device.</summary>
/// <param name="device">The device.</param>
internal sealed class TorchArrays(Device device) : IArrays<Tensor>
{
    /// <inheritdoc/>
    /// <remarks>
    /// A copy in the library's own memory. A tensor over an array of ours would lie wherever that was put, and the library's products differ in the
    /// last bit with the alignment of what they read.
    /// </remarks>
    public Tensor Of(ReadOnlySpan<float> numbers, int rows, int columns)
    {
        Tensor array = empty([rows, columns], ScalarType.Float32, CPU);
        numbers.CopyTo(MemoryMarshal.Cast<byte, float>(array.bytes));
        return array.to(device);
    }

    /// <inheritdoc/>
    public Tensor Zeros(int rows, int columns) => zeros([rows, columns], ScalarType.Float32, device);

    /// <inheritdoc/>
    public int RowsOf(Tensor array) => (int)array.shape[0];

    /// <inheritdoc/>
    public Tensor Slice(Tensor array, int first, int rows) => array.narrow(0, first, rows);

    /// <inheritdoc/>
    public Tensor Stack(ReadOnlySpan<Tensor> arrays) => cat([.. arrays], 0);

    /// <inheritdoc/>
    public Tensor Kept(Tensor array, Tensor keep) => where(keep.to_type(ScalarType.Bool), array, zeros_like(array));
}
