using System.ComponentModel.DataAnnotations;
using Agents.Networks.Cores.NormalizedLstm;
using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks.Cores.FastSlow;

/// <summary>
/// A chain of fast cells that share one state and run one after the other in each step, and a slow cell that reads the first and writes to the second
/// (Mujika, Meier and Steger 2017, arXiv 1705.08639, equations 1 to 5).
/// </summary>
/// <remarks>
/// The state of the chain goes from cell to cell, and from the last one to the next step; weights differ. Cells from the third on read a column of zeros, as
/// the published counts of parameters have it, and so does the second where there is no slow cell. Any core whose state is one row can be a cell.
/// </remarks>
internal sealed class FastSlowCore : MemoryCore
{
    private readonly FastSlowSettings _settings;
    private readonly MemoryCore[] _fast;
    private readonly MemoryCore? _slow; // null for a chain by itself
    private readonly StateLayout _fastLayout;
    private readonly StateLayout _slowLayout;

    /// <summary>The core of a network.</summary>
    /// <param name="choice">What the network's settings say of it; the core size is that of the fast cells.</param>
    /// <param name="inputs">Numbers that it reads.</param>
    public FastSlowCore(CoreChoice choice, int inputs)
    {
        _settings = choice.Own<FastSlowSettings>();
        _fast = new MemoryCore[_settings.Cells];
        for (int i = 0; i < _fast.Length; i++)
        {
            int reads = i switch
            {
                0 => inputs,
                1 when _settings.HasSlow => _settings.SlowSize,
                _ => 1,
            };
            _fast[i] = Cell(choice, _settings.Fast, choice.CoreSize, reads);
        }
        _slow = _settings.HasSlow ? Cell(choice, _settings.Slow, _settings.SlowSize, choice.CoreSize) : null;
        (_fastLayout, _slowLayout) = (new StateLayout(_fast[0].State), new StateLayout(_slow?.State ?? []));
        State =
        [
            .. _fast[0].State.Select(part => part with { Name = "fast." + part.Name }),
            .. _slowLayout.Parts.Select(part => part with { Name = "slow." + part.Name }),
        ];
        Branches = [new("output", choice.CoreSize)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Branch> Branches { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<StatePart> State { get; }

    /// <summary>What is wrong with settings of a network with this core, beyond their ranges.</summary>
    public static IEnumerable<ValidationResult> Validate(CoreChoice choice)
    {
        FastSlowSettings settings = choice.Own<FastSlowSettings>();
        foreach (string name in settings.HasSlow ? (string[])[settings.Fast, settings.Slow] : [settings.Fast])
        {
            if (MemoryCores.Find(name) is null)
            {
                yield return new ValidationResult(
                    $"a cell of fs_rnn: {MemoryCores.Unknown(name)}",
                    [nameof(CoreChoice.CoreSettings)]
                );
            }
            else if (name == settings.Core || IsNoCell(Cell(choice, name, 1, 1)))
            {
                yield return new ValidationResult(
                    $"the core {name} cannot be a cell of {settings.Core}, since its state is not one row of each copy. Choose lstm, gru or ln_lstm.",
                    [nameof(CoreChoice.CoreSettings)]
                );
            }
        }
    }

    /// <inheritdoc/>
    public override void Declare(ParameterDeclarations parameters)
    {
        for (int i = 0; i < _fast.Length; i++)
        {
            _fast[i].Declare(parameters.Within($"fast.{i}"));
        }
        _slow?.Declare(parameters.Within("slow"));
    }

    /// <inheritdoc/>
    public override CoreStep Step(ParameterScope parameters, CoreInputs inputs, CoreState state, StepMode mode)
    {
        Value nothing = inputs.Encoded.Graph.Zeros(Shape.Of(RowSpace.Rows, 1));
        IReadOnlyList<Value> chain = Parts(state, "fast.", _fastLayout);
        IReadOnlyList<Value> slow = Parts(state, "slow.", _slowLayout);
        Value output = inputs.Encoded;
        for (int i = 0; i < _fast.Length; i++)
        {
            bool reads = i == 0 || (i == 1 && _slow is not null);
            Value read = reads ? output : nothing;
            CoreStep step = StepOf(
                _fast[i],
                parameters.Within($"fast.{i}"),
                new CoreInputs(read, inputs.Keep, inputs.NewTask), // what a cell lets be watched is its own
                _fastLayout,
                chain,
                mode
            );
            (output, chain) = (step.Branches[0], step.Next);
            if (i == 0 && _slow is not null)
            {
                step = StepOf(
                    _slow,
                    parameters.Within("slow"),
                    new CoreInputs(output, inputs.Keep, inputs.NewTask),
                    _slowLayout,
                    slow,
                    mode
                );
                (output, slow) = (step.Branches[0], step.Next);
            }
        }
        output = Dropout(output, _settings.Dropout, parameters.NameOf("dropout"), mode);
        return new CoreStep([output], [.. chain, .. slow]);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeptArrays> Activations(int steps) =>
        [.. _fast.Concat(_slow is null ? [] : [_slow]).SelectMany(cell => cell.Activations(steps))];

    private static CoreStep StepOf(
        MemoryCore cell,
        ParameterScope parameters,
        CoreInputs inputs,
        StateLayout layout,
        IReadOnlyList<Value> state,
        StepMode mode
    ) => cell.Step(parameters, inputs, new CoreState(layout, state, null, 0, null), mode);

    private static Value[] Parts(CoreState state, string prefix, StateLayout layout) =>
        [.. layout.Parts.Select(part => state[prefix + part.Name])];

    private static bool IsNoCell(MemoryCore core) => core.State.Count == 0 || core.State.Any(part => part.IsRing);

    private static MemoryCore Cell(CoreChoice choice, string name, int size, int inputs)
    {
        FastSlowSettings settings = choice.Own<FastSlowSettings>();
        CoreChoice cell = choice.Of(name, size);
        if (cell.CoreSettings is NormalizedLstmSettings)
        {
            cell = cell with
            {
                CoreSettings = new NormalizedLstmSettings
                {
                    Dropout = settings.Dropout,
                    ZoneoutOutput = settings.ZoneoutOutput,
                    ZoneoutCell = settings.ZoneoutCell,
                },
            };
        }
        return MemoryCores.Create(cell, inputs);
    }
}
