using Agents.Networks;
using Agents.Onnx.Building;
using Agents.Onnx.Operators;

namespace Agents.Onnx.Acting;

/// <summary>The memories of a policy as inputs and outputs of a model.</summary>
internal sealed class CoreStates
{
    /// <summary>Name of the input that says where episodes begin.</summary>
    public const string EpisodeStart = "episode_start";

    private const string StateName = "core_state";

    private readonly OnnxGraph _graph;
    private readonly List<MemoryTensors> _memories = [];

    /// <summary>Adds the inputs.</summary>
    /// <param name="graph">The model.</param>
    /// <param name="network">A network with a memory.</param>
    public CoreStates(OnnxGraph graph, NetworkSpec network)
    {
        _graph = graph;
        var chunks = new List<StateChunk>();
        CorePlace[] places = [.. network.Cores.Where(place => place.State.Size > 0)];
        foreach (CorePlace place in places)
        {
            string name = places.Length == 1 ? StateName : $"{StateName}.{place.Path}";
            OnnxSignature signature = SignatureOf(name, place, "What the memory held after the step before; zeros at first.");
            chunks.Add(new StateChunk(place.Offset, place.State.Size, graph.Input(signature)));
            _memories.Add(new MemoryTensors(name, $"next_{name}", place));
        }
        State = new OnnxState(graph, chunks);
        OnnxValue start = graph.Input(
            new OnnxSignature(
                EpisodeStart,
                OnnxElement.Boolean,
                OnnxGraph.Batch,
                [],
                "Whether the observation begins an episode, so that the memory begins anew."
            )
        );
        OnnxValue starts = graph.Reshape(start, -1, 1);
        Keep = graph.Cast(graph.Apply("Not", [starts]), OnnxElement.Float);
        graph.RememberZeros(Keep, starts);
    }

    /// <summary>The state that the program reads and writes.</summary>
    public OnnxState State { get; }

    /// <summary>0 where an episode starts, else 1, <c>[N, 1]</c>.</summary>
    public OnnxValue Keep { get; }

    /// <summary>Adds what memories leave as outputs, of those that some output needs, and no others.</summary>
    /// <returns>The memories that are in the model.</returns>
    public IReadOnlyList<MemoryTensors> WriteNeeded()
    {
        var written = new HashSet<int>();
        // What one memory leaves may need another one.
        while (FindNeeded() is { } i)
        {
            StateChunk chunk = State.Chunks[i];
            MemoryTensors memory = _memories[i];
            _graph.Output(
                chunk.Next!,
                SignatureOf(memory.Output, memory.Place, $"What the memory holds: {memory.Input} of the next step.")
            );
            written.Add(i);
        }
        return [.. _memories.Where((_, i) => written.Contains(i))];

        int? FindNeeded()
        {
            for (int i = 0; i < _memories.Count; i++)
            {
                if (!written.Contains(i) && _graph.IsNeeded(State.Chunks[i].Input))
                {
                    return i;
                }
            }
            return null;
        }
    }

    private static OnnxSignature SignatureOf(string name, CorePlace place, string meaning) =>
        new(name, OnnxElement.Float, OnnxGraph.Batch, [place.State.Size], meaning);
}

/// <summary>A memory in a model.</summary>
/// <param name="Input">Name of the input with its state before the step.</param>
/// <param name="Output">Name of the output with its state behind the step.</param>
/// <param name="Place">The memory.</param>
internal sealed record MemoryTensors(string Input, string Output, CorePlace Place);
