using System.ComponentModel.DataAnnotations;
using Environments.Spaces;
using Learners.Data;
using Learners.Supervised.Targets;

namespace Learners.Supervised.Tasks;

/// <summary>The next symbol of a file of the user's own, whose last part is held out.</summary>
internal sealed record TextTask : SupervisedTask
{
    /// <inheritdoc/>
    public override string Name => "text";

    /// <inheritdoc/>
    public override string Description => "the next symbol of a file of your own (text.file)";

    /// <inheritdoc/>
    public override string Usual =>
        """
            updates: 2000
            batch_size: 32
            learning_rate: 2e-3
            max_gradient_norm: 0.02
            network: { core: lstm, core_size: 128, hidden_sizes: [64] }
            """;

    /// <summary>The file.</summary>
    public string File { get; init; } = "";

    /// <summary>What a symbol is.</summary>
    /// <value>Default bytes, which any file has.</value>
    public SymbolKind Symbols { get; init; }

    /// <summary>Share of the symbols, from the end, that is judged by and not learned from.</summary>
    /// <value>0.001 to 0.9. Default 0.1.</value>
    [Range(0.001, 0.9)]
    public double HeldOut { get; init; } = 0.1;

    /// <summary>Steps of a segment, T.</summary>
    /// <value>1 to 10,000. Default 50.</value>
    [Range(1, 10_000)]
    public int SegmentLength { get; init; } = 50;

    /// <inheritdoc/>
    public override IDataSource Open(SourceContext context)
    {
        if (File.Length == 0)
        {
            throw new Agents.Yaml.SettingsException(
                "The task text needs a file: give it as text.file, for example --set text.file=book.txt."
            );
        }
        TextFile text = TextFile.Read(File, Symbols);
        int heldOut = Math.Max(1, (int)(text.Symbols.Length * HeldOut));
        var form = new DataForm(new Discrete(text.Kinds), new ClassTargets(text.Kinds), SegmentLength, CarriesState: true);
        return new FileSource(
            new StreamSource(form, text.Symbols[..^heldOut], text.Symbols[^heldOut..], context),
            [new(File, text.Hash)]
        );
    }
}
