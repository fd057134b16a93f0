using Agents.Onnx.Format;

namespace Agents.Onnx.Building;

/// <summary>A tensor of a model: an input, what a node gives, or numbers that never change. Values are compared by reference.</summary>
internal sealed class OnnxValue
{
    private OnnxValue(string name) => Name = name;

    /// <summary>Name, unique in the model.</summary>
    public string Name { get; private set; }

    /// <summary>What it is, where it is an input; null elsewhere.</summary>
    public OnnxSignature? Input { get; private init; }

    /// <summary>The numbers, where they never change; null elsewhere.</summary>
    public TensorProto? Numbers { get; private init; }

    /// <summary>Who computes it; null for inputs and numbers.</summary>
    public OnnxNode? Node { get; private set; }

    /// <summary>An input.</summary>
    public static OnnxValue OfInput(OnnxSignature signature) => new(signature.Name) { Input = signature };

    /// <summary>Numbers that never change.</summary>
    public static OnnxValue OfNumbers(string name, TensorProto numbers) => new(name) { Numbers = numbers };

    /// <summary>What a node gives.</summary>
    public static OnnxValue Computed(string name) => new(name);

    /// <summary>Says who computes the value.</summary>
    public void By(OnnxNode node) => Node = node;

    /// <summary>Gives a computed value the name of an output.</summary>
    public void Rename(string name) => Name = name;
}

/// <summary>Name, element type and shape of an input or output.</summary>
/// <param name="Name">Name in the model.</param>
/// <param name="Element">What it holds.</param>
/// <param name="Rows">Name of the first dimension, whose size each run tells; null where every size is known.</param>
/// <param name="Sizes">The other dimensions, or all where there are no rows.</param>
/// <param name="Meaning">One sentence for callers.</param>
internal sealed record OnnxSignature(string Name, OnnxElement Element, string? Rows, long[] Sizes, string Meaning);

/// <summary>One use of an ONNX operator.</summary>
/// <param name="Operator">Its name in ONNX.</param>
/// <param name="Inputs">What it reads.</param>
/// <param name="Outputs">What it gives.</param>
/// <param name="Attributes">Its settings.</param>
internal sealed record OnnxNode(string Operator, OnnxValue[] Inputs, OnnxValue[] Outputs, AttributeProto[] Attributes);
