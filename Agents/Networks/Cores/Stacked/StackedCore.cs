using System.ComponentModel.DataAnnotations;
using Agents.Networks.Layers;
using Agents.Programs;

namespace Agents.Networks.Cores.Stacked;

/// <summary>Layers of one core, each of which reads what the one below gives in the same step (Graves 2013, arXiv 1308.0850, section 2).</summary>
internal sealed class StackedCore : MemoryCore
{
    private readonly MemoryCore[] _layers;
    private readonly StateLayout _layout; // of one layer

    /// <summary>The core of a network.</summary>
    /// <param name="choice">What the network says of its memory, whose size is that of each layer.</param>
    /// <param name="inputs">Numbers that the first layer reads.</param>
    public StackedCore(CoreChoice choice, int inputs)
    {
        StackedSettings settings = choice.Own<StackedSettings>();
        CoreChoice layer = choice.Of(settings.Layer, choice.CoreSize);
        _layers = new MemoryCore[settings.Layers];
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i] = MemoryCores.Create(layer, i == 0 ? inputs : choice.CoreSize);
        }
        _layout = new StateLayout(_layers[0].State);
        State =
        [
            .. Enumerable
                .Range(0, _layers.Length)
                .SelectMany(i => _layout.Parts.Select(part => part with { Name = NameOf(i, part) })),
        ];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Branch> Branches => _layers[^1].Branches;

    /// <inheritdoc/>
    public override IReadOnlyList<StatePart> State { get; }

    /// <summary>What is wrong with settings of a network with this core, beyond their ranges.</summary>
    public static IEnumerable<ValidationResult> Validate(CoreChoice choice)
    {
        StackedSettings settings = choice.Own<StackedSettings>();
        if (MemoryCores.Find(settings.Layer) is not { } entry)
        {
            yield return new ValidationResult(
                $"a layer of stack: {MemoryCores.Unknown(settings.Layer)}",
                [nameof(CoreChoice.CoreSettings)]
            );
        }
        else if (
            entry.Name == settings.Core
            || entry.Create(choice.Of(entry.Name, choice.CoreSize), 1).State.Any(part => part.IsRing)
        )
        {
            yield return new ValidationResult(
                $"the core {settings.Layer} cannot be a layer of {settings.Core}. Choose one that remembers no ring of steps, such as lstm.",
                [nameof(CoreChoice.CoreSettings)]
            );
        }
    }

    /// <inheritdoc/>
    public override void Declare(ParameterDeclarations parameters)
    {
        for (int i = 0; i < _layers.Length; i++)
        {
            _layers[i].Declare(parameters.Within($"{i}"));
        }
    }

    /// <inheritdoc/>
    public override CoreStep Step(ParameterScope parameters, CoreInputs inputs, CoreState state, StepMode mode)
    {
        IReadOnlyList<Value> branches = [inputs.Encoded];
        var next = new List<Value>();
        for (int i = 0; i < _layers.Length; i++)
        {
            Value[] own = [.. _layout.Parts.Select(part => state[NameOf(i, part)])];
            var layer = new CoreState(_layout, own, null, 0, null);
            CoreStep step = _layers[i]
                .Step(parameters.Within($"{i}"), new CoreInputs(branches[0], inputs.Keep, inputs.NewTask), layer, mode);
            branches = step.Branches;
            next.AddRange(step.Next);
        }
        return new CoreStep(branches, next);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<KeptArrays> Activations(int steps) =>
        [.. _layers.SelectMany(layer => layer.Activations(steps))];

    private static string NameOf(int layer, StatePart part) => $"{layer}.{part.Name}";
}
