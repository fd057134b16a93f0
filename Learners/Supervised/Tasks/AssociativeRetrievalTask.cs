using System.ComponentModel.DataAnnotations;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Data;
using Learners.Supervised.Targets;

namespace Learners.Supervised.Tasks;

/// <summary>
/// Pairs of a letter and a digit, then two question marks and one of the letters; after it the letter's digit is to be said, as in
/// <c>c9k8j3f1??c</c> → 9 (Ba et al. 2016, "Using fast weights to attend to the recent past", section 4.1).
/// </summary>
/// <remarks>
/// The letters of a sequence differ; its digits may be equal. Symbols are the letters from 0 on, then the ten digits, then the question mark. Whoever
/// says one of the digits that were there is right at least 1 / pairs of the time.
/// </remarks>
internal sealed record AssociativeRetrievalTask : SupervisedTask
{
    private const int Digits = 10;

    /// <inheritdoc/>
    public override string Name => "associative_retrieval";

    /// <inheritdoc/>
    public override string Description => "the digit that followed a letter, among several pairs";

    /// <inheritdoc/>
    public override string Usual =>
        """
            updates: 4000
            batch_size: 128
            learning_rate: 1e-3
            max_gradient_norm: 5
            network: { core: lstm, core_size: 32, hidden_sizes: [100], activation: tanh }
            """;

    /// <summary>Pairs of a sequence, n; it has 2n + 3 symbols.</summary>
    /// <value>1 to 100. Default 4.</value>
    [Range(1, 100)]
    public int Pairs { get; init; } = 4;

    /// <summary>Letters of the alphabet, at least as many as pairs.</summary>
    /// <value>1 to 1,000. Default 26; 8 makes an easier task.</value>
    [Range(1, 1_000)]
    public int Letters { get; init; } = 26;

    /// <inheritdoc/>
    public override IDataSource Open(SourceContext context)
    {
        if (Letters < Pairs)
        {
            throw new Agents.Yaml.SettingsException(
                $"associative_retrieval has {Letters} letters for {Pairs} pairs, whose letters differ. Raise letters or lower pairs."
            );
        }
        var form = new DataForm(new Discrete(Letters + Digits + 1), new ClassTargets(Digits), 2 * Pairs + 3);
        return new SequenceSource(form, context, Write);
    }

    private void Write(Samples samples, int b, ref Pcg64 random)
    {
        int asked = random.NextInt(0, Pairs);
        int last = 2 * Pairs + 2;
        for (int pair = 0; pair < Pairs; pair++)
        {
            int letter;
            do
            {
                letter = random.NextInt(0, Letters);
            } while (IsTaken(letter, pair));
            int digit = random.NextInt(0, Digits);
            samples.Input(2 * pair, b)[0] = letter;
            samples.Input(2 * pair + 1, b)[0] = Letters + digit;
            if (pair == asked)
            {
                samples.Input(last, b)[0] = letter;
                samples.Target(last, b)[0] = digit;
            }
        }
        samples.Input(last - 2, b)[0] = Letters + Digits;
        samples.Input(last - 1, b)[0] = Letters + Digits;
        samples.Counts[samples.Row(last, b)] = true;

        bool IsTaken(int letter, int pairs)
        {
            for (int pair = 0; pair < pairs; pair++)
            {
                if (samples.Input(2 * pair, b)[0] == letter)
                {
                    return true;
                }
            }
            return false;
        }
    }
}
