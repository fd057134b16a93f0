using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Protos.Bridge;

namespace Environments.Remote;

/// <summary>Two slots of results in memory that two processes map. The file's name is gone as soon as both hold it.</summary>
internal sealed unsafe class SharedSlots : IDisposable
{
    private const string Folder = "/dev/shm";
    private const string Prefix = "agents-";
    private const int Header = 64;
    private const int ProofSize = 32;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly string _path;
    private readonly byte* _start;
    private readonly int _slotSize;
    private readonly int[] _offsets = new int[5];
    private readonly byte[] _proof = RandomNumberGenerator.GetBytes(ProofSize);
    private int _turn;

    private SharedSlots(StepResults results)
    {
        int row = results.RowBytes;
        int[] sizes =
        [
            results.Copies * sizeof(float),
            results.Copies,
            results.Copies,
            checked(results.Copies * row),
            checked(results.Copies * row),
        ];
        for (int i = 0; i < sizes.Length; i++)
        {
            _offsets[i] = _slotSize;
            _slotSize = checked(_slotSize + ((sizes[i] + 63) & ~63));
        }
        long length = Header + 2L * _slotSize;
        _path = Path.Combine(
            Folder,
            $"{Prefix}{Environment.ProcessId}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}"
        );
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        var stream = new FileStream(_path, options);
        try
        {
            RandomAccess.SetLength(stream.SafeFileHandle, length);
            _file = MemoryMappedFile.CreateFromFile(
                stream,
                null,
                length,
                MemoryMappedFileAccess.ReadWrite,
                HandleInheritability.None,
                leaveOpen: false
            );
            _view = _file.CreateViewAccessor(0, length);
        }
        catch
        {
            stream.Dispose();
            File.Delete(_path);
            throw;
        }
        byte* pointer = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref pointer);
        _start = pointer + _view.PointerOffset;
        _proof.CopyTo(new Span<byte>(_start, Header));
    }

    /// <summary>Memory for the results of a batch; null where this machine has no <c>/dev/shm</c>, or no room in it.</summary>
    public static SharedSlots? TryCreate(StepResults results)
    {
        if (!OperatingSystem.IsLinux() || !BitConverter.IsLittleEndian || !Directory.Exists(Folder))
        {
            return null;
        }
        RemoveLeftOvers();
        try
        {
            // A file larger than what is free could be made, and writing to it would end the process.
            long needed = 2L * (results.Copies * (2L * results.RowBytes + 6) + 1024);
            return new DriveInfo(Folder).AvailableFreeSpace < 2 * needed ? null : new SharedSlots(results);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>The offer for the other side.</summary>
    public SharedMemory Offer() =>
        new()
        {
            Path = _path,
            Proof = ByteString.CopyFrom(_proof),
            SlotSize = (ulong)_slotSize,
        };

    /// <summary>Removes the file's name; the memory stays until both sides are done.</summary>
    public void Unlink() => File.Delete(_path);

    /// <summary>Copies the next slot into the arrays.</summary>
    public void Read(StepResults results)
    {
        byte* slot = _start + Header + _turn * (long)_slotSize;
        _turn ^= 1;
        int copies = results.Copies;
        int row = results.RowBytes;
        new ReadOnlySpan<byte>(slot + _offsets[0], copies * sizeof(float)).CopyTo(
            MemoryMarshal.AsBytes(results.Rewards.AsSpan())
        );
        RowCopy.ReadFlags(new ReadOnlySpan<byte>(slot + _offsets[1], copies), results.Terminated);
        RowCopy.ReadFlags(new ReadOnlySpan<byte>(slot + _offsets[2], copies), results.Truncated);
        RowCopy.Read(new ReadOnlySpan<byte>(slot + _offsets[3], copies * row), results.AreBytes, results.Observations);
        for (int i = 0; i < copies; i++)
        {
            if (results.HasEnded(i))
            {
                var source = new ReadOnlySpan<byte>(slot + _offsets[4] + (long)i * row, row);
                RowCopy.Read(source, results.AreBytes, results.FinalObservations.AsSpan(i * results.Size, results.Size));
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
        Unlink();
    }

    // A name lives for the moment between its making and its taking; who is killed in it leaves one behind.
    private static void RemoveLeftOvers()
    {
        foreach (string path in Directory.EnumerateFiles(Folder, Prefix + "*"))
        {
            string[] parts = Path.GetFileName(path).Split('-');
            if (parts.Length == 3 && int.TryParse(parts[1], out int owner) && !Directory.Exists($"/proc/{owner}"))
            {
                try
                {
                    File.Delete(path);
                }
                catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
                {
                    // Another user's.
                }
            }
        }
    }
}
