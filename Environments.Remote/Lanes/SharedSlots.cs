using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Microsoft.Win32.SafeHandles;
using Protos.Bridge;

namespace Environments.Remote;

/// <summary>Two slots of results in memory that a server made and this process reads. Owns the open file, whose name is soon gone.</summary>
/// <remarks>
/// It is read as a file and not mapped: whoever made it may cut it off, and reading beyond the end of mapped memory ends the process.
/// </remarks>
internal sealed partial class SharedSlots : IDisposable
{
    private const int Header = 64;
    private const int MinProof = 16;

    private readonly SafeFileHandle _file;
    private readonly int _slotSize;
    private readonly int[] _offsets;
    private readonly byte[] _flags; // rewards, terminated, truncated, as they lie in a slot
    private readonly byte[] _rows; // where rows are bytes
    private int _turn;

    private SharedSlots(SafeFileHandle file, StepResults results, int slotSize, int[] offsets)
    {
        _file = file;
        _slotSize = slotSize;
        _offsets = offsets;
        _flags = new byte[offsets[3]];
        _rows = results.AreBytes ? new byte[results.Copies * results.RowBytes] : [];
    }

    /// <summary>Whether this machine has such memory.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux() && BitConverter.IsLittleEndian;

    /// <summary>Opens what a server offers; null where it is another machine's, or nothing that a server makes.</summary>
    public static SharedSlots? TryOpen(SharedMemory offer, StepResults results)
    {
        int row = results.RowBytes;
        long[] sizes =
        [
            results.Copies * 4L,
            results.Copies,
            results.Copies,
            (long)results.Copies * row,
            (long)results.Copies * row,
        ];
        var offsets = new int[sizes.Length];
        long size = 0;
        for (int i = 0; i < sizes.Length; i++)
        {
            offsets[i] = (int)Math.Min(size, int.MaxValue);
            size += (sizes[i] + 63) & ~63L;
        }
        Match name = Name().Match(offer.Path);
        if (!name.Success || size > int.MaxValue || offer.SlotSize != (ulong)size || offer.Proof.Length is < MinProof or > Header)
        {
            return null;
        }
        SafeFileHandle? file = PosixFiles.OpenToRead(name.Groups["folder"].Value, name.Groups["file"].Value);
        if (file is null)
        {
            return null;
        }
        try
        {
            var proof = new byte[offer.Proof.Length];
            if (
                RandomAccess.GetLength(file) == Header + 2 * size
                && RandomAccess.Read(file, proof, 0) == proof.Length
                && offer.Proof.Span.SequenceEqual(proof)
            )
            {
                return new SharedSlots(file, results, (int)size, offsets);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            // No file of a server's.
        }
        file.Dispose();
        return null;
    }

    /// <summary>Copies the next slot into the arrays.</summary>
    /// <exception cref="EnvironmentFaultException">The server cut the memory off.</exception>
    public void Read(StepResults results)
    {
        long slot = Header + _turn * (long)_slotSize;
        _turn ^= 1;
        int copies = results.Copies;
        Read(slot, _flags);
        _flags.AsSpan(0, copies * sizeof(float)).CopyTo(MemoryMarshal.AsBytes(results.Rewards.AsSpan()));
        RowCopy.ReadFlags(_flags.AsSpan(_offsets[1], copies), results.Terminated);
        RowCopy.ReadFlags(_flags.AsSpan(_offsets[2], copies), results.Truncated);
        ReadRows(slot + _offsets[3], results.Observations, results.AreBytes);
        for (int i = 0; i < copies; i++)
        {
            if (results.HasEnded(i))
            {
                Span<float> row = results.FinalObservations.AsSpan(i * results.Size, results.Size);
                ReadRows(slot + _offsets[4] + (long)i * results.RowBytes, row, results.AreBytes);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void ReadRows(long offset, Span<float> rows, bool areBytes)
    {
        if (!areBytes)
        {
            Read(offset, MemoryMarshal.AsBytes(rows));
            return;
        }
        Span<byte> bytes = _rows.AsSpan(0, rows.Length);
        Read(offset, bytes);
        RowCopy.Read(bytes, areBytes, rows);
    }

    private void Read(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int count = RandomAccess.Read(_file, destination, offset);
            if (count == 0)
            {
                throw new EnvironmentFaultException("The server cut the memory off that it shares.");
            }
            offset += count;
            destination = destination[count..];
        }
    }

    // As the bridge makes them: a folder of its own, and a name of chance within.
    [GeneratedRegex("^(?<folder>/dev/shm/agents-bridge-[A-Za-z0-9_]{1,32})/(?<file>[0-9a-f]{16})\\z")]
    private static partial Regex Name();
}
