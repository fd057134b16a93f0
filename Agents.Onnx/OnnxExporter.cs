using Agents.Networks;
using Agents.Onnx.Acting;
using Agents.Onnx.Building;
using Agents.Onnx.Format;
using Agents.Onnx.Operators;
using Agents.Policies;
using Agents.Programs;

namespace Agents.Onnx;

/// <summary>Makes an ONNX model of a saved policy, from the program that acts in this process too: every encoder, memory and distribution.</summary>
/// <remarks>
/// The model takes observations as the environment gives them, scales, normalises and encodes them, advances the memory, and gives actions in the environment's
/// own form. It has opset 17 and IR version 9, float32 throughout, and any number of copies, the dimension <c>batch</c>. Read next: <c>docs/export.md</c>.
/// </remarks>
public static class OnnxExporter
{
    /// <summary>Version of ONNX's operators that models use.</summary>
    public const int OpsetVersion = 17;

    /// <summary>Version of the file format.</summary>
    public const int IrVersion = 9;

    private const string ActionName = "action";
    private const string ValueName = "value";

    // Protocol buffers are shorter than 2 GiB; nodes and names need little.
    private const long MostParameters = (int.MaxValue - (64L << 20)) / sizeof(float);

    /// <summary>Exports a policy.</summary>
    /// <param name="policy">The policy; only read.</param>
    /// <param name="options">What the model does and gives; null for greedy actions alone.</param>
    /// <exception cref="NotSupportedException">The model would be larger than a file of this format can be, or something of the policy has no form in ONNX.</exception>
    public static OnnxModel Export(SavedPolicy policy, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(policy);
        options ??= new OnnxExportOptions();
        if (policy.ParameterCount > MostParameters)
        {
            throw new NotSupportedException(
                $"The policy has {policy.ParameterCount} parameters, and an ONNX file holds at most {MostParameters}. Distil it into a smaller one first."
            );
        }
        var graph = new OnnxGraph();
        IReadOnlyList<MemoryTensors> memories = Build(graph, policy, options);
        var metadata = new PolicyMetadata(policy, options.Sampled);
        string[] instructions = [.. metadata.Instructions(memories)];
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "Agents",
            ProducerVersion = PolicyMetadata.Version,
            ModelVersion = policy.Info.ParameterVersion,
            DocString = string.Join('\n', instructions),
            Graph = graph.Build(policy.Info.Environment),
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OpsetVersion });
        foreach ((string key, string value) in metadata.Entries(memories))
        {
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
        }
        return new OnnxModel(model, graph.Inputs.Select(OnnxTensor.From), graph.Outputs.Select(OnnxTensor.From), instructions);
    }

    private static IReadOnlyList<MemoryTensors> Build(OnnxGraph graph, SavedPolicy policy, OnnxExportOptions options)
    {
        NetworkSpec spec = policy.ActingNetwork.Spec;
        var network = new NetworkGraph(spec, new Graph(), NetworkForm.Step);
        var inputs = new ObservationInputs(graph, spec);
        OnnxValue observation = inputs.Transform(inputs.Read(), policy.Info.ObservationScale, policy.Statistics);
        var known = new Dictionary<Value, OnnxValue> { [network.Features] = inputs.Encode(observation) };
        var wanted = new List<Value> { network.Distributions, network.Values };
        CoreStates? states = null;
        if (network.CoreState is { } coreState)
        {
            states = new CoreStates(graph, spec);
            known.Add(network.Keep!, states.Keep);
            wanted.Add(coreState);
        }
        OnnxValue[] results = new ProgramTranslation(graph, states?.State).Translate(wanted, known, policy.Parameters.ToArray());
        AddOutputs(graph, spec, options, results[0], results[1]);
        return states?.WriteNeeded() ?? [];
    }

    private static void AddOutputs(
        OnnxGraph graph,
        NetworkSpec spec,
        OnnxExportOptions options,
        OnnxValue distributions,
        OnnxValue values
    )
    {
        var actions = new ActionOutputs(graph, spec);
        (OnnxElement element, long[] sizes) = ObservationInputs.TensorOf(spec.ActionSpace);
        graph.Output(
            actions.Choose(distributions, options.Sampled),
            new OnnxSignature(ActionName, element, OnnxGraph.Batch, sizes, "The action, as the environment takes it.")
        );
        if (options.Distribution)
        {
            foreach ((OnnxValue value, OnnxSignature signature) in actions.Describe(distributions))
            {
                graph.Output(value, signature);
            }
        }
        if (options.Value)
        {
            const string Meaning = "The critic's estimate of the return from here on.";
            graph.Output(
                graph.Reshape(values, -1),
                new OnnxSignature(ValueName, OnnxElement.Float, OnnxGraph.Batch, [], Meaning)
            );
        }
    }
}
