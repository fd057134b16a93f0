using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Agents.Programs.Planning;

namespace Agents.Programs.Execution;

/// <summary>Runs a plan in plain C#, on one thread. A run allocates nothing and never loads a native library.</summary>
internal sealed partial class ManagedProgram : IProgram
{
    private const int Unknown = -1;

    private readonly Plan _plan;
    private readonly Value[] _inputs;
    private readonly Slot[] _inputSlots;
    private readonly Value[] _outputs;
    private readonly Slot[] _outputSlots;
    private readonly float[][] _sources;
    private readonly int[] _starts; // first float of each source
    private readonly int[] _lengths; // floats of each input from there
    private readonly RunArrays _arrays;
    private readonly int[] _inverseCounts; // places of their numbers
    private readonly int[] _countedSpaces; // whose rows they count
    private const int Line = 16; // floats in a line of the cache

    private Instruction? _current;
    private bool _isFresh;

    /// <summary>A program over parameters and a gradient.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="parameters">Flat parameters, read where they are; tell by <see cref="ParametersChanged"/> when they change.</param>
    /// <param name="gradient">Destination of the flat gradient: cleared and written by each run; empty where there is none.</param>
    public ManagedProgram(Plan plan, float[] parameters, float[] gradient)
    {
        _plan = plan;
        _inputs = [.. plan.Inputs];
        _inputSlots = Array.ConvertAll(_inputs, input => plan.Slots[input]);
        _outputs = [.. plan.Outputs];
        _outputSlots = Array.ConvertAll(_outputs, output => plan.Slots[output]);
        _sources = new float[Slot.FirstInput + plan.Inputs.Length][];
        _starts = new int[_sources.Length];
        _lengths = new int[_sources.Length];
        _sources[Slot.Arena] = GC.AllocateArray<float>(plan.ArenaSize + Line, pinned: true);
        _starts[Slot.Arena] = FirstOfALine(_sources[Slot.Arena]);
        _sources[Slot.Parameters] = parameters;
        _sources[Slot.Gradient] = gradient;
        for (int i = Slot.State; i < _sources.Length; i++)
        {
            _sources[i] = [];
        }
        _arrays = new RunArrays(_sources, _starts, plan.Spaces.Length);
        _arrays.Counts.Fill(Unknown);
        var inverseCounts = new List<int>();
        var countedSpaces = new List<int>();
        foreach ((Value value, Slot slot) in plan.Slots)
        {
            if (value.Node.Operator is Constant constant)
            {
                constant.Numbers.AsSpan().CopyTo(Arena(slot.Offset));
            }
            else if (value.Node.Operator is InverseCount count)
            {
                inverseCounts.Add(slot.Offset);
                countedSpaces.Add(plan.Spaces.IndexOf(count.Space));
            }
        }
        _inverseCounts = [.. inverseCounts];
        _countedSpaces = [.. countedSpaces];
    }

    /// <summary>Whether memory is filled with not-a-number before each run, which shows what is read before it is written. For tests.</summary>
    public bool PoisonsMemory { get; init; }

    /// <inheritdoc/>
    public ReadOnlySpan<float> this[Value output]
    {
        get
        {
            for (int i = 0; i < _outputs.Length; i++)
            {
                if (ReferenceEquals(_outputs[i], output))
                {
                    return _arrays.Whole(_outputSlots[i]);
                }
            }
            throw new ArgumentException($"{output} is no output of the plan. Name it when compiling.", nameof(output));
        }
    }

    /// <inheritdoc/>
    public void Bind(Value input, ArraySegment<float> rows)
    {
        int index = 0;
        while (index < _inputs.Length && !ReferenceEquals(_inputs[index], input))
        {
            index++;
        }
        if (index == _inputs.Length)
        {
            if (input.Node.Operator is Input or Given)
            {
                return; // nothing that is asked for depends on it
            }
            throw new ArgumentException($"{input} is no input.", nameof(input));
        }
        _sources[Slot.FirstInput + index] = rows.Array ?? [];
        _starts[Slot.FirstInput + index] = rows.Offset;
        _lengths[Slot.FirstInput + index] = rows.Count;
    }

    /// <inheritdoc/>
    public void Set(Value scalar, float number)
    {
        if (scalar.Node.Operator is not Scalar)
        {
            throw new ArgumentException($"{scalar} is no scalar.", nameof(scalar));
        }
        if (_plan.Slots.TryGetValue(scalar, out Slot? slot))
        {
            Arena(slot.Offset)[0] = number;
        }
    }

    /// <summary>Sets the rows of a space beyond batch and sequences.</summary>
    public void SetRows(RowSpace space, int rows)
    {
        int index = _plan.Spaces.IndexOf(space);
        if (index >= 0) // else nothing that is asked for depends on it
        {
            _arrays.Counts[index] = Checked(index, rows);
        }
    }

    /// <inheritdoc/>
    public void ParametersChanged() => _isFresh = false;

    /// <inheritdoc/>
    public void Run(int rows, int sequences = 0, ulong draw = 0, int total = 0)
    {
        sequences = sequences == 0 ? rows : sequences;
        if (rows < 1 || rows % sequences != 0)
        {
            throw new ArgumentException($"{rows} rows are not whole steps of {sequences} sequences.", nameof(rows));
        }
        Span<int> counts = _arrays.Counts;
        counts[0] = Checked(0, rows);
        counts[1] = Checked(1, sequences);
        for (int i = 2; i < counts.Length; i++)
        {
            if (_plan.Spaces[i].PerSequence > 0)
            {
                counts[i] = _plan.Spaces[i].PerSequence * sequences;
            }
        }
        _arrays.Draw = draw;
        RequireInputs();
        if (PoisonsMemory)
        {
            Arena(_plan.LastingSize).Fill(float.NaN);
        }
        try
        {
            if (!_isFresh)
            {
                RunOnce(_plan.Refresh);
                _isFresh = true;
            }
            for (int i = 0; i < _inverseCounts.Length; i++)
            {
                int space = _countedSpaces[i];
                Arena(_inverseCounts[i])[0] = 1f / (space == 0 && total > 0 ? total : counts[space]);
            }
            Array.Clear(_sources[Slot.Gradient]);
            foreach (Segment segment in _plan.Segments)
            {
                RunSegment(segment);
            }
        }
        catch (Exception exception) when (exception is GraphException or IndexOutOfRangeException or ArgumentException)
        {
            throw new GraphException($"{_current?.Title}: {exception.Message}");
        }
    }

    /// <inheritdoc/>
    public unsafe void Advance(int rows, Span<float> state)
    {
        fixed (float* pinned = state)
        {
            _arrays.SetState(pinned, state.Length);
            try
            {
                Run(rows);
            }
            finally
            {
                _arrays.SetState(null, 0);
            }
        }
    }

    private Span<float> Arena(int offset) => _sources[Slot.Arena].AsSpan(_starts[Slot.Arena] + offset);

    // Values begin at whole lines of the cache, so that no register is loaded from two of them.
    private static unsafe int FirstOfALine(float[] pinned)
    {
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(pinned)) / sizeof(float);
        return (int)((Line - address % Line) % Line);
    }

    private int Checked(int space, int rows) =>
        rows >= 0 && rows <= _plan.MaxRows[space]
            ? rows
            : throw new ArgumentException(
                $"{rows} rows of {_plan.Spaces[space].Name} were asked for, and the plan has room for {_plan.MaxRows[space]}."
            );

    private void RequireInputs()
    {
        int unknown = _arrays.Counts.IndexOf(Unknown);
        if (unknown >= 0)
        {
            throw new GraphException(
                $"Nothing says how many rows {_plan.Spaces[unknown].Name} has in this run. Set them by SetRows first."
            );
        }
        for (int i = 0; i < _inputSlots.Length; i++)
        {
            Slot slot = _inputSlots[i];
            int needed = slot.Size + _arrays.Counts[slot.SpaceIndex] * slot.PerRow;
            int source = Slot.FirstInput + i;
            if (_lengths[source] < needed)
            {
                throw new ArgumentException(
                    $"{needed} floats are needed of the input '{_inputs[i].Node.Operator.BoundTitle()}', and {_lengths[source]} are bound. Bind as many rows as the run has."
                );
            }
        }
    }
}
