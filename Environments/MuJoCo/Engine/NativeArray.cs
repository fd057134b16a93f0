namespace Environments.MuJoCo.Engine;

/// <summary>An array in the engine's memory; valid as long as its owner.</summary>
internal readonly unsafe struct NativeArray<T>(T* pointer, int length)
    where T : unmanaged
{
    /// <summary>The elements; empty for the default value.</summary>
    public Span<T> Span => new(pointer, length);
}
