using Agents.Onnx.Building;

namespace Agents.Onnx;

/// <summary>An input or output of an exported policy. Immutable.</summary>
/// <param name="Name">Its name in the model.</param>
/// <param name="ElementType">What it holds: <c>float32</c>, <c>uint8</c>, <c>int64</c> or <c>bool</c>.</param>
/// <param name="Shape">Its dimensions; −1 is the number of copies, which each run tells.</param>
/// <param name="Meaning">One sentence for callers.</param>
public sealed record OnnxTensor(string Name, string ElementType, IReadOnlyList<long> Shape, string Meaning)
{
    /// <summary>Element type and shape as people write them, such as <c>float32 [batch, 4]</c>.</summary>
    public string Type => $"{ElementType} [{string.Join(", ", Shape.Select(size => size < 0 ? OnnxGraph.Batch : $"{size}"))}]";

    internal static OnnxTensor From(OnnxSignature signature) =>
        new(
            signature.Name,
            signature.Element.NameOf(),
            signature.Rows is null ? signature.Sizes : [-1, .. signature.Sizes],
            signature.Meaning
        );
}
