namespace Protos.Fleet;

/// <summary>A <c>ParameterChunk</c> outside of the wire.</summary>
internal sealed class ParameterFrame
{
    /// <summary>Publication it belongs to.</summary>
    public required Publication Publication { get; init; }

    /// <summary>Bytes of all chunks together.</summary>
    public long TotalBytes { get; init; }

    /// <summary>Where this one begins.</summary>
    public long Offset { get; init; }

    /// <summary>SHA-256 of all bytes; empty but in the first chunk.</summary>
    public ReadOnlyMemory<byte> Hash { get; init; }

    /// <summary>The bytes; of a received chunk, from the shared array pool until <see cref="Release"/>.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>Array behind <see cref="Data"/>, where it goes back to the shared pool.</summary>
    internal byte[]? Rented { get; set; }

    /// <summary>Gives the bytes of a received chunk back.</summary>
    public void Release()
    {
        if (Rented is { } rented)
        {
            Rented = null;
            System.Buffers.ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
