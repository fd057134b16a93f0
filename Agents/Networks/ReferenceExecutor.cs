namespace Agents.Networks;

/// <summary>Runs programs by another library, which is not always there.</summary>
internal abstract class ReferenceExecutor
{
    /// <summary>Makes programs on the processor.</summary>
    /// <exception cref="NotSupportedException">The library cannot be loaded; the message says what is missing. Thrown by what it returns.</exception>
    public abstract ProgramFactory OnCpu { get; }

    /// <summary>Loads the library and says which one it is.</summary>
    /// <exception cref="NotSupportedException">It cannot be loaded; the message says what is missing.</exception>
    public abstract string Describe();

    /// <summary>Native arrays of the library that are alive in this process.</summary>
    public abstract long LiveArrays { get; }
}
