namespace Agents.Programs.Execution;

/// <summary>A plan that can be run again and again with other inputs. Not thread-safe; programs of one plan share nothing.</summary>
internal interface IProgram
{
    /// <summary>Says where the rows of an input lie: from now on each run reads them there.</summary>
    /// <param name="input">An input of the graph.</param>
    /// <param name="rows">Row-major, at least as many as a run has. Owned by the caller, who may refill it between runs.</param>
    void Bind(Value input, ArraySegment<float> rows);

    /// <summary>Sets a scalar; it stays so until it is set again.</summary>
    void Set(Value scalar, float number);

    /// <summary>Takes over parameters that were changed.</summary>
    void ParametersChanged();

    /// <summary>Computes all outputs and the gradient.</summary>
    /// <param name="rows">Rows of the batch, T × B.</param>
    /// <param name="sequences">Sequences B; 0 where every row is one.</param>
    /// <param name="draw">Number of the run: the same number draws the same numbers.</param>
    /// <param name="total">Rows of the batch of which these are a part, for means; 0 where they are all of it.</param>
    void Run(int rows, int sequences = 0, ulong draw = 0, int total = 0);

    /// <summary>Computes all outputs for one step of some sequences, and changes their state where it lies.</summary>
    /// <param name="rows">Sequences, of which each has one row.</param>
    /// <param name="state">State of the sequences, <c>[rows, S]</c>: before the step on entry, after it on return.</param>
    void Advance(int rows, Span<float> state);

    /// <summary>Rows of an output of the latest run; valid until the next one.</summary>
    ReadOnlySpan<float> this[Value output] { get; }
}
