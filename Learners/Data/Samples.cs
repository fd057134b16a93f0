using Agents.Networks;
using Learners.Batches;
using Learners.Objectives;

namespace Learners.Data;

/// <summary>A batch of inputs and targets: B sequences of T steps, time-major. Owns its arrays and is refilled.</summary>
internal sealed class Samples
{
    /// <summary>Room for a batch.</summary>
    /// <param name="form">What samples look like.</param>
    /// <param name="sequences">Sequences or streams, B, at least 1.</param>
    public Samples(DataForm form, int sequences)
    {
        (Form, Sequences) = (form, sequences);
        // Tensors may alias the arrays.
        Inputs = GC.AllocateArray<float>(Count * form.Inputs.Size, pinned: true);
        Targets = GC.AllocateArray<float>(Count * form.Targets.Width, pinned: true);
        Counts = new bool[Count];
        Starts = new bool[Count];
    }

    /// <summary>What samples look like.</summary>
    public DataForm Form { get; }

    /// <summary>Steps, T.</summary>
    public int Steps => Form.Steps;

    /// <summary>Sequences or streams, B.</summary>
    public int Sequences { get; }

    /// <summary>Rows, T × B.</summary>
    public int Count => Steps * Sequences;

    /// <summary>Inputs, <c>[T, B, size of the space]</c>.</summary>
    public float[] Inputs { get; }

    /// <summary>Targets, <c>[T, B, width]</c>; rows that do not count may hold anything that is possible.</summary>
    public float[] Targets { get; }

    /// <summary>Whether a row's output is judged, <c>[T, B]</c>.</summary>
    public bool[] Counts { get; }

    /// <summary>Whether a row begins a sequence, before which the core state is reset, <c>[T, B]</c>.</summary>
    public bool[] Starts { get; }

    /// <summary>The input of a step.</summary>
    /// <param name="t">Step.</param>
    /// <param name="b">Sequence.</param>
    public Span<float> Input(int t, int b) => Row(Inputs, Form.Inputs.Size, t, b);

    /// <summary>The target of a step.</summary>
    /// <inheritdoc cref="Input"/>
    public Span<float> Target(int t, int b) => Row(Targets, Form.Targets.Width, t, b);

    /// <summary>Row of a step of a sequence.</summary>
    /// <inheritdoc cref="Input"/>
    public int Row(int t, int b) => t * Sequences + b;

    /// <summary>Makes the batch one of fresh sequences with nothing in them, of which no step counts.</summary>
    public void Clear()
    {
        Array.Clear(Inputs);
        Array.Clear(Targets);
        Array.Clear(Counts);
        Array.Clear(Starts);
        Starts.AsSpan(0, Sequences).Fill(true);
    }

    /// <summary>Rows that count.</summary>
    public int CountedRows() => System.MemoryExtensions.Count(Counts, true);

    /// <summary>A batch for engines that holds these samples; refill it by <see cref="WriteTo"/>.</summary>
    /// <param name="spec">The network that reads it.</param>
    public Batch CreateBatch(NetworkSpec spec)
    {
        Batch batch = Minibatch.Create(spec, [Form.Targets.Loss, .. Form.Targets.Auxiliary], Count, Steps);
        batch.Share(Column.Observations(spec), Inputs);
        if (spec.Plan.Features.AreObservations)
        {
            batch.Share(Column.Features(spec), Inputs);
        }
        batch.Share(Form.Targets.Column, Targets);
        return batch;
    }

    /// <summary>Brings a batch of <see cref="CreateBatch"/> up to date.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="spec">The network that reads it.</param>
    public void WriteTo(Batch batch, NetworkSpec spec)
    {
        if (!spec.Plan.Features.AreObservations)
        {
            spec.Plan.Features.EncodeRows(Inputs, batch[Column.Features(spec)].AsSpan(0, Count * spec.FeatureSize));
        }
        // The mean over all rows of loss × weight is the mean over the rows that count.
        float weight = (float)Count / Math.Max(1, CountedRows());
        float[] weights = batch[Column.SampleWeights];
        for (int row = 0; row < Count; row++)
        {
            weights[row] = Counts[row] ? weight : 0;
        }
        Starts.CopyTo(batch.EpisodeStarts, 0);
    }

    private Span<float> Row(float[] rows, int width, int t, int b) => rows.AsSpan(Row(t, b) * width, width);
}
