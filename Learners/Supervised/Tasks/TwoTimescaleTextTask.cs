using System.ComponentModel.DataAnnotations;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Data;
using Learners.Supervised.Targets;

namespace Learners.Supervised.Tasks;

/// <summary>
/// Text whose letters make words and whose words belong to a topic that changes seldom: what follows depends on the last letters and on what was said
/// long ago. Each topic has words of its own, drawn once; before each word there may come a new topic.
/// </summary>
/// <remarks>
/// Symbols are the letters from 0 on, then the space that ends each word. The words are the same for all symbols of a run. Where the topic is known,
/// a symbol takes log2(words) / (mean word length + 1) bits, 0.545 for the default settings on average over words of 3 to 6 letters.
/// </remarks>
internal sealed record TwoTimescaleTextTask : SupervisedTask
{
    private const int ShortestWord = 3;
    private const int LongestWord = 6;

    /// <inheritdoc/>
    public override string Name => "two_timescale_text";

    /// <inheritdoc/>
    public override string Description => "the next letter of a text of words and topics";

    // The gradient of a mean loss, cut at 1/50 of what the sum over 50 steps would be cut at.
    /// <inheritdoc/>
    public override string Usual =>
        """
            updates: 500
            batch_size: 32
            learning_rate: 2e-3
            max_gradient_norm: 0.02
            evaluation: { gradient_lag: 30 }
            network: { core: ln_lstm, core_size: 64, hidden_sizes: [16] }
            """;

    /// <summary>Letters of the alphabet, without the space.</summary>
    /// <value>2 to 1,000. Default 11.</value>
    [Range(2, 1_000)]
    public int Letters { get; init; } = 11;

    /// <summary>Topics.</summary>
    /// <value>1 to 1,000. Default 4.</value>
    [Range(1, 1_000)]
    public int Topics { get; init; } = 4;

    /// <summary>Words of a topic.</summary>
    /// <value>1 to 1,000. Default 8.</value>
    [Range(1, 1_000)]
    public int Words { get; init; } = 8;

    /// <summary>Chance that a topic is drawn anew before a word; it may be the same one again.</summary>
    /// <value>0 to 1. Default 0.02.</value>
    [Range(0.0, 1.0)]
    public double TopicChange { get; init; } = 0.02;

    /// <summary>Symbols to learn from.</summary>
    /// <value>1 to 1,000,000,000. Default 360,000.</value>
    [Range(1, 1_000_000_000)]
    public int TrainingSymbols { get; init; } = 360_000;

    /// <summary>Symbols to judge by, which follow those.</summary>
    /// <value>1 to 1,000,000,000. Default 40,000.</value>
    [Range(1, 1_000_000_000)]
    public int EvaluationSymbols { get; init; } = 40_000;

    /// <summary>Steps of a segment, T.</summary>
    /// <value>1 to 10,000. Default 50.</value>
    [Range(1, 10_000)]
    public int SegmentLength { get; init; } = 50;

    /// <inheritdoc/>
    public override IDataSource Open(SourceContext context)
    {
        var random = new Pcg64(context.TaskSeed);
        ushort[][] words = DrawWords(ref random);
        var training = new ushort[TrainingSymbols];
        var evaluation = new ushort[EvaluationSymbols];
        var text = new Text(this, words, random);
        text.Write(training);
        text.Write(evaluation);
        var form = new DataForm(new Discrete(Letters + 1), new ClassTargets(Letters + 1), SegmentLength, CarriesState: true);
        return new StreamSource(form, training, evaluation, context);
    }

    private ushort[][] DrawWords(ref Pcg64 random)
    {
        var words = new ushort[Topics * Words][];
        for (int word = 0; word < words.Length; word++)
        {
            words[word] = new ushort[random.NextInt(ShortestWord, LongestWord + 1)];
            foreach (ref ushort letter in words[word].AsSpan())
            {
                letter = (ushort)random.NextInt(0, Letters);
            }
        }
        return words;
    }

    /// <summary>The endless text, symbol by symbol.</summary>
    private sealed class Text(TwoTimescaleTextTask task, ushort[][] words, Pcg64 random)
    {
        private int _topic = -1;
        private ushort[] _word = [];
        private int _place = 1; // behind the space

        public void Write(Span<ushort> symbols)
        {
            foreach (ref ushort symbol in symbols)
            {
                if (_place > _word.Length)
                {
                    Begin();
                }
                symbol = _place < _word.Length ? _word[_place] : (ushort)task.Letters;
                _place++;
            }
        }

        private void Begin()
        {
            if (_topic < 0 || random.NextDouble() < task.TopicChange)
            {
                _topic = random.NextInt(0, task.Topics);
            }
            _word = words[_topic * task.Words + random.NextInt(0, task.Words)];
            _place = 0;
        }
    }
}
