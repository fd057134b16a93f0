using System.Globalization;
using System.Runtime.InteropServices;
using Agents.Onnx.Format;
using Google.Protobuf;

namespace Agents.Onnx.Building;

/// <summary>Builds the graph of a model. Equal nodes are one, and what no output needs is left out.</summary>
internal sealed partial class OnnxGraph
{
    /// <summary>Name of the dimension of copies.</summary>
    public const string Batch = "batch";

    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxValue> _inputs = [];
    private readonly List<(OnnxValue Value, OnnxSignature Signature)> _outputs = [];
    private readonly Dictionary<string, OnnxNode> _merged = [];
    private readonly Dictionary<TensorProto, OnnxValue> _numbers = [];
    private readonly Dictionary<string, int> _names = [];
    private readonly Dictionary<OnnxValue, OnnxValue> _zeros = [];

    /// <summary>The part that is being built, which names of values begin with.</summary>
    public string Scope { get; set; } = "";

    /// <summary>Inputs that some output needs, or that the caller is always asked for.</summary>
    public IEnumerable<OnnxSignature> Inputs => UsedInputs().Select(input => input.Input!);

    /// <summary>Outputs in their order.</summary>
    public IEnumerable<OnnxSignature> Outputs => _outputs.Select(output => output.Signature);

    /// <summary>Adds an input.</summary>
    public OnnxValue Input(OnnxSignature signature)
    {
        UniqueName(signature.Name);
        var input = OnnxValue.OfInput(signature);
        _inputs.Add(input);
        return input;
    }

    /// <summary>Adds an output.</summary>
    public void Output(OnnxValue value, OnnxSignature signature)
    {
        UniqueName(signature.Name);
        if (value.Node is null || _outputs.Exists(output => output.Value == value))
        {
            value = Create("Identity", 1, [value], []).Outputs[0];
        }
        value.Rename(signature.Name);
        _outputs.Add((value, signature));
    }

    /// <summary>Numbers that never change.</summary>
    /// <param name="numbers">Row-major.</param>
    /// <param name="shape">Dimensions.</param>
    /// <param name="name">A name that tells people what they are; null for any.</param>
    public OnnxValue Floats(ReadOnlySpan<float> numbers, ReadOnlySpan<long> shape, string? name = null) =>
        Numbers(OnnxElement.Float, MemoryMarshal.AsBytes(numbers), shape, name);

    /// <summary>Whole numbers that never change.</summary>
    public OnnxValue Integers(ReadOnlySpan<long> numbers, ReadOnlySpan<long> shape) =>
        Numbers(OnnxElement.Integer, MemoryMarshal.AsBytes(numbers), shape, null);

    /// <summary>Adds a node of one output.</summary>
    public OnnxValue Apply(string operation, ReadOnlySpan<OnnxValue> inputs, params AttributeProto[] attributes) =>
        Add(operation, 1, inputs, attributes)[0];

    /// <summary>Adds a node, or finds the one that computes the same.</summary>
    public OnnxValue[] Add(string operation, int outputs, ReadOnlySpan<OnnxValue> inputs, AttributeProto[] attributes)
    {
        OnnxValue[] values = inputs.ToArray();
        string key =
            $"{operation}({string.Join(",", values.Select(value => value.Name))}){string.Join(",", attributes.Select(attribute => attribute.ToByteString().ToBase64()))}";
        if (!_merged.TryGetValue(key, out OnnxNode? node))
        {
            node = Create(operation, outputs, values, attributes);
            _merged.Add(key, node);
        }
        return node.Outputs;
    }

    /// <summary>Whether some output so far depends on an input.</summary>
    public bool IsNeeded(OnnxValue input) => Reached().Values.Contains(input);

    /// <summary>Remembers where a value is 0, for masks.</summary>
    /// <param name="value">Any value.</param>
    /// <param name="isZero">Booleans of its shape.</param>
    public void RememberZeros(OnnxValue value, OnnxValue isZero) => _zeros[value] = isZero;

    /// <summary>Where a value is 0, as booleans.</summary>
    public OnnxValue IsZero(OnnxValue value)
    {
        if (!_zeros.TryGetValue(value, out OnnxValue? isZero))
        {
            isZero = Apply("Equal", [value, Number(0)]);
            _zeros.Add(value, isZero);
        }
        return isZero;
    }

    /// <summary>The graph as it is written.</summary>
    public GraphProto Build(string name)
    {
        (HashSet<OnnxNode> nodes, HashSet<OnnxValue> values) = Reached();
        var graph = new GraphProto { Name = name };
        foreach (OnnxValue input in UsedInputs())
        {
            graph.Input.Add(ToProto(input.Input!));
        }
        foreach ((TensorProto numbers, OnnxValue value) in _numbers)
        {
            if (values.Contains(value))
            {
                TensorProto named = numbers.Clone();
                named.Name = value.Name;
                graph.Initializer.Add(named);
            }
        }
        foreach (OnnxNode node in _nodes.Where(nodes.Contains))
        {
            var written = new NodeProto { OpType = node.Operator, Name = node.Outputs[0].Name };
            written.Input.Add(node.Inputs.Select(input => input.Name));
            written.Output.Add(node.Outputs.Select(output => output.Name));
            written.Attribute.Add(node.Attributes);
            graph.Node.Add(written);
        }
        graph.Output.Add(_outputs.Select(output => ToProto(output.Signature)));
        return graph;
    }

    /// <summary>A setting that is a whole number.</summary>
    public static AttributeProto Integer(string name, long number) =>
        new()
        {
            Name = name,
            I = number,
            Type = AttributeProto.Types.AttributeType.Int,
        };

    /// <summary>A setting that is a list of whole numbers.</summary>
    public static AttributeProto IntegersOf(string name, params ReadOnlySpan<long> numbers)
    {
        var attribute = new AttributeProto { Name = name, Type = AttributeProto.Types.AttributeType.Ints };
        foreach (long number in numbers)
        {
            attribute.Ints.Add(number);
        }
        return attribute;
    }

    private OnnxNode Create(string operation, int outputs, OnnxValue[] inputs, AttributeProto[] attributes)
    {
        string name = Scope.Length == 0 ? operation : $"{Scope}/{operation}";
        var results = new OnnxValue[outputs];
        for (int i = 0; i < outputs; i++)
        {
            results[i] = OnnxValue.Computed(UniqueName(name));
        }
        var node = new OnnxNode(operation, inputs, results, attributes);
        Array.ForEach(results, result => result.By(node));
        _nodes.Add(node);
        return node;
    }

    private IEnumerable<OnnxValue> UsedInputs()
    {
        HashSet<OnnxValue> used = Reached().Values;
        return _inputs.Where(used.Contains);
    }

    private (HashSet<OnnxNode> Nodes, HashSet<OnnxValue> Values) Reached()
    {
        var nodes = new HashSet<OnnxNode>();
        var values = new HashSet<OnnxValue>();
        var open = new Stack<OnnxValue>(_outputs.Select(output => output.Value));
        while (open.TryPop(out OnnxValue? value))
        {
            if (values.Add(value) && value.Node is { } node && nodes.Add(node))
            {
                Array.ForEach(node.Inputs, open.Push);
            }
        }
        return (nodes, values);
    }

    private OnnxValue Numbers(OnnxElement element, ReadOnlySpan<byte> bytes, ReadOnlySpan<long> shape, string? name)
    {
        var numbers = new TensorProto { DataType = (int)element, RawData = ByteString.CopyFrom(bytes) };
        foreach (long size in shape)
        {
            numbers.Dims.Add(size);
        }
        if (!_numbers.TryGetValue(numbers, out OnnxValue? value))
        {
            value = OnnxValue.OfNumbers(UniqueName(name ?? "numbers"), numbers);
            _numbers.Add(numbers, value);
        }
        return value;
    }

    private string UniqueName(string name)
    {
        ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(_names, name, out bool isKnown);
        count++;
        return isKnown ? UniqueName(string.Create(CultureInfo.InvariantCulture, $"{name}_{count}")) : name;
    }

    private static ValueInfoProto ToProto(OnnxSignature signature)
    {
        var shape = new TensorShapeProto();
        if (signature.Rows is { } rows)
        {
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimParam = rows });
        }
        foreach (long size in signature.Sizes)
        {
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = size });
        }
        return new ValueInfoProto
        {
            Name = signature.Name,
            DocString = signature.Meaning,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)signature.Element, Shape = shape },
            },
        };
    }
}
