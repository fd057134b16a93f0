using Environments.State;

namespace Learners.Data;

/// <summary>
/// A text of symbols as B streams that lie beside each other, cut into segments of T steps whose target is the next symbol. After the last whole segment
/// all streams begin anew.
/// </summary>
internal sealed class StreamSource : IDataSource
{
    private readonly ushort[] _training;
    private readonly ushort[] _evaluation;
    private readonly int _batchSize;
    private readonly int _segments; // of a round through the text
    private long _drawn; // segments since the start

    /// <summary>A source at its first segment.</summary>
    /// <param name="form">What samples look like; they carry state.</param>
    /// <param name="training">Symbols to learn from.</param>
    /// <param name="evaluation">Symbols to judge by.</param>
    /// <param name="context">Streams of a batch.</param>
    /// <exception cref="Agents.Yaml.SettingsException">A text has not one whole segment for each stream.</exception>
    public StreamSource(DataForm form, ushort[] training, ushort[] evaluation, SourceContext context)
    {
        (Form, _training, _evaluation, _batchSize) = (form, training, evaluation, context.BatchSize);
        _segments = SegmentsOf(training, "to learn from");
        EvaluationBatches = SegmentsOf(evaluation, "to judge by");
    }

    /// <inheritdoc/>
    public DataForm Form { get; }

    /// <inheritdoc/>
    public int EvaluationBatches { get; }

    /// <inheritdoc/>
    public void Next(Samples samples) => Write(samples, _training, (int)(_drawn++ % _segments));

    /// <inheritdoc/>
    public void ReadEvaluation(int index, Samples samples) => Write(samples, _evaluation, index);

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => state.Set("drawn", _drawn);

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => _drawn = state.Get("drawn", 0L, long.MaxValue / 2);

    private int SegmentsOf(ushort[] text, string purpose)
    {
        // Each stream needs the symbol behind its last segment as a target.
        int segments = (text.Length / _batchSize - 1) / Form.Steps;
        return segments > 0
            ? segments
            : throw new Agents.Yaml.SettingsException(
                $"The text has {text.Length} symbols {purpose}, which is less than one segment of {Form.Steps} steps for each of {_batchSize} streams. Give a longer text, or lower batch_size or the steps of a segment."
            );
    }

    private static void Write(Samples samples, ushort[] text, int segment)
    {
        int length = text.Length / samples.Sequences; // of a stream
        for (int b = 0; b < samples.Sequences; b++)
        {
            int first = b * length + segment * samples.Steps;
            for (int t = 0; t < samples.Steps; t++)
            {
                int row = samples.Row(t, b);
                samples.Inputs[row] = text[first + t];
                samples.Targets[row] = text[first + t + 1];
                samples.Counts[row] = true;
                samples.Starts[row] = segment == 0 && t == 0;
            }
        }
    }
}
