using Environments.Randomness;
using Environments.State;

namespace Learners.Data;

/// <summary>Samples of a set in random order, each once before any comes again; the order of a round depends on the seed and its number alone.</summary>
internal sealed class ShuffledSource : IDataSource
{
    private readonly ISampleSet _training;
    private readonly ISampleSet _evaluation;
    private readonly SourceContext _context;
    private readonly int[] _order;
    private long _drawn; // samples since the start

    /// <summary>A source at its first batch.</summary>
    /// <param name="form">What samples look like; they have one step.</param>
    /// <param name="training">What is learned from, not empty.</param>
    /// <param name="evaluation">What is judged by, not empty.</param>
    /// <param name="context">Batch size and seed.</param>
    public ShuffledSource(DataForm form, ISampleSet training, ISampleSet evaluation, SourceContext context)
    {
        (Form, _training, _evaluation, _context) = (form, training, evaluation, context);
        _order = new int[training.Count];
        EvaluationBatches = (evaluation.Count + context.BatchSize - 1) / context.BatchSize;
        Shuffle();
    }

    /// <inheritdoc/>
    public DataForm Form { get; }

    /// <inheritdoc/>
    public int EvaluationBatches { get; }

    /// <inheritdoc/>
    public void Next(Samples samples)
    {
        samples.Clear();
        for (int b = 0; b < samples.Sequences; b++)
        {
            int place = (int)(_drawn % _order.Length);
            if (place == 0 && _drawn > 0)
            {
                Shuffle();
            }
            Write(samples, b, _training, _order[place]);
            _drawn++;
        }
    }

    /// <inheritdoc/>
    public void ReadEvaluation(int index, Samples samples)
    {
        samples.Clear();
        int first = index * samples.Sequences;
        for (int b = 0; b < Math.Min(samples.Sequences, _evaluation.Count - first); b++)
        {
            Write(samples, b, _evaluation, first + b);
        }
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => state.Set("drawn", _drawn);

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        _drawn = state.Get("drawn", 0L, long.MaxValue / 2);
        if (_drawn % _order.Length != 0)
        {
            Shuffle();
        }
    }

    private static void Write(Samples samples, int b, ISampleSet set, int index)
    {
        set.Read(index, samples.Input(0, b), samples.Target(0, b));
        samples.Counts[samples.Row(0, b)] = true;
    }

    private void Shuffle()
    {
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }
        var random = new Pcg64(_context.TrainingSeed.Child((uint)(_drawn / _order.Length)));
        random.Shuffle<int>(_order);
    }
}
