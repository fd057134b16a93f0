using Agents.Programs.Execution;
using static TorchSharp.torch;

namespace Agents.Torch;

/// <summary>What interpreters do to tensors of two dimensions on one device.</summary>
/// <param name="device">The device.</param>
internal sealed class TorchArrays(Device device) : IArrays<Tensor>
{
    /// <inheritdoc/>
    public Tensor Of(ReadOnlySpan<float> numbers, int rows, int columns)
    {
        using Tensor flat = tensor(numbers.ToArray(), ScalarType.Float32);
        return flat.reshape(rows, columns).to(device);
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
