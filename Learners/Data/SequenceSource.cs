using Environments.Randomness;
using Environments.State;

namespace Learners.Data;

/// <summary>Writes one sequence, drawn at random.</summary>
/// <param name="samples">Destination, already empty: no input, and no step that counts.</param>
/// <param name="sequence">Which sequence of the batch, b.</param>
/// <param name="random">Draws.</param>
internal delegate void SequenceWriter(Samples samples, int sequence, ref Pcg64 random);

/// <summary>Sequences that are drawn anew for each batch.</summary>
internal sealed class SequenceSource : IDataSource
{
    private readonly SourceContext _context;
    private readonly SequenceWriter _write;
    private Pcg64 _random;

    /// <summary>A source at its first batch.</summary>
    /// <param name="form">What samples look like.</param>
    /// <param name="context">Sizes and seed.</param>
    /// <param name="write">Draws a sequence.</param>
    public SequenceSource(DataForm form, SourceContext context, SequenceWriter write)
    {
        (Form, _context, _write) = (form, context, write);
        _random = new Pcg64(context.TrainingSeed);
        EvaluationBatches = Math.Max(1, (context.EvaluationSamples + context.BatchSize - 1) / context.BatchSize);
    }

    /// <inheritdoc/>
    public DataForm Form { get; }

    /// <inheritdoc/>
    public int EvaluationBatches { get; }

    /// <inheritdoc/>
    public void Next(Samples samples) => Fill(samples, samples.Sequences, ref _random);

    /// <inheritdoc/>
    public void ReadEvaluation(int index, Samples samples)
    {
        var random = new Pcg64(_context.EvaluationSeed.Child((uint)index));
        int before = index * _context.BatchSize;
        Fill(samples, Math.Min(samples.Sequences, _context.EvaluationSamples - before), ref random);
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => state.Set("random", _random);

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => _random = state.Get<Pcg64>("random");

    private void Fill(Samples samples, int sequences, ref Pcg64 random)
    {
        samples.Clear();
        for (int b = 0; b < sequences; b++)
        {
            _write(samples, b, ref random);
        }
    }
}
