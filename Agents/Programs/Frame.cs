using System.Runtime.CompilerServices;

namespace Agents.Programs;

/// <summary>What an operator sees of one run: spans over some rows of its inputs and outputs.</summary>
internal readonly ref struct Frame
{
    private readonly RunArrays _arrays;
    private readonly Instruction _instruction;
    private readonly bool _whole;

    internal Frame(RunArrays arrays, Instruction instruction, int first, int rows, bool whole)
    {
        _arrays = arrays;
        _instruction = instruction;
        First = first;
        Rows = rows;
        _whole = whole;
    }

    /// <summary>First row of the block within its space.</summary>
    public int First { get; }

    /// <summary>Rows of the block.</summary>
    public int Rows { get; }

    /// <summary>Rows of the whole run, T × B.</summary>
    public int TotalRows => _arrays.Counts[0];

    /// <summary>Sequences of the run, B.</summary>
    public int Sequences => _arrays.Counts[1];

    /// <summary>Number of the run, for draws.</summary>
    public ulong Draw => _arrays.Draw;

    /// <summary>Values that the operator reads.</summary>
    public int InputCount => _instruction.Inputs.Length;

    /// <summary>Floats of scratch memory, as many as the operator asked for.</summary>
    public Span<float> Scratch => _arrays.Rows(_instruction.Scratch, 0, 0);

    /// <summary>Shape of an input.</summary>
    public Shape InputShape(int index) => _instruction.InputShapes[index];

    /// <summary>Shape of an output.</summary>
    public Shape OutputShape(int index) => _instruction.OutputShapes[index];

    /// <summary>Whether anybody reads an output; what is not read need not be computed.</summary>
    public bool IsRead(int output) => _instruction.AreRead[output];

    /// <summary>The block's rows of an input, or all of it where its size is constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<float> Input(int index) => Block(_instruction.Inputs[index]);

    /// <summary>The block's rows of an output, or all of it where its size is constant.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<float> Output(int index) => Block(_instruction.Outputs[index]);

    /// <summary>All rows of an input.</summary>
    public ReadOnlySpan<float> WholeInput(int index) => _arrays.Whole(_instruction.Inputs[index]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Span<float> Block(Slot slot) => _whole ? _arrays.Whole(slot) : _arrays.Rows(slot, First, Rows);
}
