using Agents.Onnx.Building;
using Agents.Programs;

namespace Agents.Onnx.Operators;

/// <summary>The state of a program as inputs and outputs of a model, one of each for every memory, so that a memory that no output needs can be left out.</summary>
/// <param name="graph">The model.</param>
/// <param name="chunks">Stretches of a row of state, in their order and without gaps.</param>
internal sealed class OnnxState(OnnxGraph graph, IReadOnlyList<StateChunk> chunks)
{
    /// <summary>The stretches.</summary>
    public IReadOnlyList<StateChunk> Chunks => chunks;

    /// <summary>A whole row of state.</summary>
    public OnnxValue Whole => graph.Beside([.. chunks.Select(chunk => chunk.Input)]);

    /// <summary>Neighbouring columns of the state before the step.</summary>
    public OnnxValue Columns(int start, int count)
    {
        StateChunk? chunk = chunks.FirstOrDefault(chunk => chunk.Offset <= start && start + count <= chunk.Offset + chunk.Size);
        return chunk is null ? graph.Columns(Whole, start, count)
            : chunk.Size == count ? chunk.Input
            : graph.Columns(chunk.Input, start - chunk.Offset, count);
    }

    /// <summary>Writes what a step leaves.</summary>
    /// <param name="places">Where it writes.</param>
    /// <param name="written">What it writes there; then, for each ring, the ages of the episodes.</param>
    /// <returns>A whole row of state.</returns>
    public OnnxValue Update(IReadOnlyList<StatePlace> places, IReadOnlyList<OnnxValue> written)
    {
        var next = new List<(StatePlace Place, OnnxValue Value)>();
        int ring = places.Count;
        for (int i = 0; i < places.Count; i++)
        {
            next.Add((places[i], places[i].IsRing ? Turned(places[i], written[i], written[ring++]) : written[i]));
        }
        foreach (StateChunk chunk in chunks)
        {
            var parts = new List<OnnxValue>();
            int end = chunk.Offset;
            foreach (
                (StatePlace place, OnnxValue value) in next.OrderBy(part => part.Place.Offset)
                    .Where(part => chunk.Holds(part.Place))
            )
            {
                AddGap(place.Offset);
                parts.Add(value);
                end = place.End;
            }
            AddGap(chunk.Offset + chunk.Size);
            chunk.Next = graph.Beside([.. parts]);

            void AddGap(int until)
            {
                if (until > end)
                {
                    parts.Add(Columns(end, until - end));
                }
            }
        }
        return graph.Beside([.. chunks.Select(chunk => chunk.Next!)]);
    }

    // A ring with its oldest row overwritten, and all of it 0 where an episode starts.
    private OnnxValue Turned(StatePlace place, OnnxValue row, OnnxValue age)
    {
        OnnxValue kept = graph.Where(graph.IsZero(age), graph.Number(0), Columns(place.Offset, place.Size));
        OnnxValue slot = graph.Apply("Mod", [graph.Cast(age, OnnxElement.Integer), graph.Integers([place.Length], [1])]);
        long[] slots = [.. Enumerable.Range(0, place.Length).Select(i => (long)i)];
        OnnxValue isWritten = graph.Apply("Equal", [slot, graph.Integers(slots, [1, place.Length])]);
        OnnxValue turned = graph.Where(
            graph.Reshape(isWritten, 0, place.Length, 1),
            graph.Reshape(row, 0, 1, place.Columns),
            graph.Reshape(kept, 0, place.Length, place.Columns)
        );
        return graph.Reshape(turned, 0, place.Size);
    }
}

/// <summary>A stretch of a row of state.</summary>
/// <param name="Offset">First number.</param>
/// <param name="Size">Numbers.</param>
/// <param name="Input">The input that gives it, <c>[N, Size]</c>.</param>
internal sealed record StateChunk(int Offset, int Size, OnnxValue Input)
{
    /// <summary>What the step leaves of it; null before there was a step.</summary>
    public OnnxValue? Next { get; set; }

    /// <summary>Whether a place lies within.</summary>
    public bool Holds(StatePlace place) => place.Offset >= Offset && place.End <= Offset + Size;
}
