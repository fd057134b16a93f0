using Agents.Files;
using Agents.Onnx.Format;
using Google.Protobuf;

namespace Agents.Onnx;

/// <summary>A policy as an ONNX model: one step of acting, for any number of copies. Immutable.</summary>
public sealed class OnnxModel
{
    private readonly ModelProto _model;

    internal OnnxModel(
        ModelProto model,
        IEnumerable<OnnxTensor> inputs,
        IEnumerable<OnnxTensor> outputs,
        IReadOnlyList<string> instructions
    )
    {
        _model = model;
        Inputs = [.. inputs];
        Outputs = [.. outputs];
        Instructions = instructions;
        Metadata = model.MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value);
    }

    /// <summary>What the caller gives in each step.</summary>
    public IReadOnlyList<OnnxTensor> Inputs { get; }

    /// <summary>What a step gives.</summary>
    public IReadOnlyList<OnnxTensor> Outputs { get; }

    /// <summary>What the model holds beside the network: origin, spaces, wrappers, version and hash.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>What the caller has to do that the model does not, in sentences.</summary>
    public IReadOnlyList<string> Instructions { get; }

    /// <summary>Bytes of the file.</summary>
    public int SizeInBytes => _model.CalculateSize();

    /// <summary>Writes the file, whole or not at all; an existing one is replaced.</summary>
    /// <param name="path">The file, usually <c>*.onnx</c>.</param>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Save(string path) => AtomicFile.Write(path, ToBytes());

    /// <summary>The file's bytes, which the caller owns.</summary>
    public byte[] ToBytes() => _model.ToByteArray();
}
