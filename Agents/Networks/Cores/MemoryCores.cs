using System.ComponentModel.DataAnnotations;
using Agents.Networks.Cores.FastSlow;
using Agents.Networks.Cores.FastWeights;
using Agents.Networks.Cores.LinearRecurrent;
using Agents.Networks.Cores.NormalizedLstm;
using Agents.Networks.Cores.Own;
using Agents.Networks.Cores.PerceptionPredictionReaction;
using Agents.Networks.Cores.Stacked;
using Agents.Networks.Cores.Transformers;
using Environments;
using Protos.Foreign;

namespace Agents.Networks.Cores;

/// <summary>A core in the table.</summary>
/// <param name="Name">Name in settings, in lower case with underscores.</param>
/// <param name="Description">Half a sentence for people who choose one.</param>
/// <param name="Create">Makes it, of what the network's settings say of it and the numbers that the encoder gives.</param>
internal sealed record CoreEntry(string Name, string Description, Func<CoreChoice, int, MemoryCore> Create)
{
    /// <summary>What is wrong with settings of a network with this core, beyond their ranges.</summary>
    public Func<CoreChoice, IEnumerable<ValidationResult>> Validate { get; init; } = _ => [];

    /// <summary>Settings of its own that it begins with, whose <see cref="CoreSettings.Core"/> is the entry's name; null where it has none.</summary>
    public CoreSettings? Settings { get; init; }
}

/// <summary>All memory cores. A core is added by one line here.</summary>
internal static class MemoryCores
{
    /// <summary>The core without memory.</summary>
    public const string Identity = "identity";

    /// <summary>The core that <see cref="NetworkSettings.Transformer"/> is for.</summary>
    public const string Transformer = "gtrxl";

    private static volatile CoreEntry[] _all =
    [
        new(Identity, "no memory: a feed-forward agent", (_, inputs) => new IdentityCore(inputs)),
        new(
            "lstm",
            "long short-term memory (Hochreiter and Schmidhuber 1997)",
            (choice, inputs) => new LstmCore(inputs, choice.CoreSize, choice.Own<LstmSettings>())
        )
        {
            Settings = new LstmSettings(),
        },
        new("gru", "gated recurrent unit (Cho et al. 2014)", (choice, inputs) => new GruCore(inputs, choice.CoreSize)),
        new(
            "ln_lstm",
            "layer-normalised LSTM with zoneout and dropout (Ba et al. 2016, Krueger et al. 2017)",
            (choice, inputs) => new NormalizedLstmCore(inputs, choice.CoreSize, choice.Own<NormalizedLstmSettings>())
        )
        {
            Settings = new NormalizedLstmSettings(),
        },
        new(
            "fast_weights",
            "a recurrent layer that attends to its recent past by a matrix per copy (Ba et al. 2016)",
            (choice, inputs) => new FastWeightsCore(inputs, choice.CoreSize, choice.Own<FastWeightsSettings>())
        )
        {
            Settings = new FastWeightsSettings(),
        },
        new(
            "fs_rnn",
            "fast cells in a chain and a slow one between them (Mujika et al. 2017)",
            (choice, inputs) => new FastSlowCore(choice, inputs)
        )
        {
            Settings = new FastSlowSettings(),
            Validate = FastSlowCore.Validate,
        },
        new(
            "lru",
            "layers of linear complex recurrences with gates (Orvieto et al. 2023)",
            (choice, inputs) => new LinearRecurrentCore(inputs, choice.CoreSize, choice.Own<LinearRecurrentSettings>())
        )
        {
            Settings = new LinearRecurrentSettings(),
        },
        new(
            "ppr",
            "a slow core and three fast ones: perception, prediction, and reaction, which acts (Stooke et al. 2020)",
            (choice, inputs) => new PprCore(inputs, choice.CoreSize, choice.Own<PprSettings>())
        )
        {
            Settings = new PprSettings(),
        },
        new("stack", "layers of one core, each of which reads the one below", (choice, inputs) => new StackedCore(choice, inputs))
        {
            Settings = new StackedSettings(),
            Validate = StackedCore.Validate,
        },
        new(
            Transformer,
            "transformer with a memory of earlier steps, relative positions and gates (Parisotto et al. 2020), and its ancestors",
            (choice, inputs) => new GatedTransformerCore(choice, inputs)
        )
        {
            Validate = GatedTransformerCore.Validate,
        },
    ];

    /// <summary>The table.</summary>
    public static IReadOnlyList<CoreEntry> All => _all;

    /// <summary>Takes a core of a user's own in, in the place of one of its name.</summary>
    public static void Put(OwnCoreSettings settings) =>
        _all = [
            .. _all.Where(other => other.Name != settings.Core),
            new CoreEntry(
                settings.Core,
                settings.Description,
                (choice, inputs) => new OwnCore(inputs, choice.CoreSize, choice.Own<OwnCoreSettings>())
            )
            {
                Settings = settings,
            },
        ];

    /// <summary>The entry of a name; null where there is none.</summary>
    public static CoreEntry? Find(string name)
    {
        foreach (CoreEntry entry in _all)
        {
            if (string.Equals(entry.Name, name, StringComparison.OrdinalIgnoreCase))
            {
                return entry;
            }
        }
        return null;
    }

    /// <summary>What to say of a name that is not in the table.</summary>
    public static string Unknown(string name)
    {
        string[] names = [.. All.Select(entry => entry.Name)];
        return $"there is no core '{ForeignText.Show(name)}'.{NearestName.Suggest(name, names)} Known: {string.Join(", ", names)}; those of your own are found in --assembly.";
    }

    /// <summary>Which cores have a branch, as the end of an error; empty where none has.</summary>
    /// <param name="branch">Name of the branch.</param>
    /// <param name="choice">What the network's settings say of its memory.</param>
    public static string SuggestFor(string branch, CoreChoice choice)
    {
        string[] names =
        [
            .. All.Where(entry =>
                    entry.Create(choice.Of(entry.Name, choice.CoreSize), 1).Branches.Any(other => other.Name == branch)
                )
                .Select(entry => entry.Name),
        ];
        return names.Length == 0
            ? ""
            : $" Choose a core that has it ({string.Join(", ", names)}), or leave out what asks for the head.";
    }

    /// <summary>The core of a network.</summary>
    /// <param name="choice">What the network's settings say of it.</param>
    /// <param name="inputs">Numbers that the encoder gives.</param>
    /// <exception cref="Yaml.SettingsException">There is no core of this name.</exception>
    public static MemoryCore Create(CoreChoice choice, int inputs) =>
        (Find(choice.Core) ?? throw new Yaml.SettingsException($"network.core: {Unknown(choice.Core)}")).Create(choice, inputs);
}
