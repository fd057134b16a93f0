namespace Agents.Onnx.Building;

/// <summary>What tensors of a model hold; the numbers are those of <c>TensorProto.DataType</c>.</summary>
internal enum OnnxElement
{
    /// <summary>float32.</summary>
    Float = 1,

    /// <summary>uint8.</summary>
    Byte = 2,

    /// <summary>int64.</summary>
    Integer = 7,

    /// <summary>bool.</summary>
    Boolean = 9,
}

/// <summary>Names of element types.</summary>
internal static class OnnxElements
{
    /// <summary>The name that people and NumPy know.</summary>
    public static string NameOf(this OnnxElement element) =>
        element switch
        {
            OnnxElement.Float => "float32",
            OnnxElement.Byte => "uint8",
            OnnxElement.Integer => "int64",
            OnnxElement.Boolean => "bool",
        };
}
