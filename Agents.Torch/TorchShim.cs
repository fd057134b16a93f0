using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.Win32.SafeHandles;
using TorchSharp;

namespace Agents.Torch;

/// <summary>Loads TorchSharp's own native library, also where the system's C++ library is older than the one it was linked with.</summary>
/// <remarks>
/// The library wants version <c>GLIBCXX_3.4.32</c>, which Debian 12 and its like lack, and calls nothing of it: the system refuses it for a
/// name. There a copy is loaded, from memory, that wants the name weakly. Whatever program uses this library gets it, wherever it was built.
/// </remarks>
internal static partial class TorchShim
{
    private const string Name = "LibTorchSharp";
    private const string FileName = "libLibTorchSharp.so";

    private static readonly Lock Gate = new();
    private static bool _registered;

    private static ReadOnlySpan<byte> MissingVersion => "GLIBCXX_3.4.32"u8;

    /// <summary>Loads it.</summary>
    /// <exception cref="NotSupportedException">This system cannot; the message says why.</exception>
    public static void Load()
    {
        Register();
        if (!NativeLibrary.TryLoad(Name, typeof(torch).Assembly, null, out _))
        {
            throw new NotSupportedException(
                $"TorchSharp's native library cannot be loaded: {Obstacle()}. Use the managed engine, which needs none."
            );
        }
    }

    /// <summary>Has the runtime ask here for the library once it cannot load the file; costs nothing else.</summary>
    public static void Register()
    {
        lock (Gate)
        {
            if (!_registered && OperatingSystem.IsLinux())
            {
                AssemblyLoadContext.GetLoadContext(typeof(torch).Assembly)!.ResolvingUnmanagedDll += (assembly, name) =>
                    name == Name && assembly == typeof(torch).Assembly ? LoadWeakened() : 0;
            }
            _registered = true;
        }
    }

    /// <summary>Marks each need of a symbol version as weak: where the version exists, that changes nothing.</summary>
    /// <param name="elf">A 64-bit little-endian library.</param>
    /// <param name="version">Name of the version.</param>
    /// <returns>How many needs were not weak.</returns>
    internal static int Weaken(Span<byte> elf, ReadOnlySpan<byte> version)
    {
        const uint versionNeeds = 0x6ffffffe; // type of the section .gnu.version_r
        const byte weak = 2;
        if (elf.Length < 0x40 || !elf.StartsWith("\u007fELF"u8))
        {
            return 0;
        }
        int marked = 0;
        int sections = Wide(elf, 0x28);
        for (int i = 0; i < Half(elf, 0x3C); i++)
        {
            int section = sections + i * Half(elf, 0x3A);
            if (BinaryPrimitives.ReadUInt32LittleEndian(elf[(section + 4)..]) != versionNeeds)
            {
                continue;
            }
            int names = Wide(elf, sections + Word(elf, section + 0x28) * Half(elf, 0x3A) + 0x18);
            int need = Wide(elf, section + 0x18);
            for (int next = -1; next != 0; need += next)
            {
                int entry = need + Word(elf, need + 8);
                for (int left = Half(elf, need + 2); left > 0; left--)
                {
                    ReadOnlySpan<byte> name = elf[(names + Word(elf, entry + 8))..];
                    if (name[..name.IndexOf((byte)0)].SequenceEqual(version) && (elf[entry + 4] & weak) == 0)
                    {
                        elf[entry + 4] |= weak;
                        marked++;
                    }
                    entry += Word(elf, entry + 12);
                }
                next = Word(elf, need + 12);
            }
        }
        return marked;
    }

    private static nint LoadWeakened()
    {
        if (Find() is not { } path)
        {
            return 0;
        }
        byte[] elf = File.ReadAllBytes(path);
        if (Weaken(elf, MissingVersion) == 0)
        {
            return 0; // something else is wrong with it
        }
        // A copy in memory has no neighbours, but what is loaded already is found by its name.
        NativeLibrary.TryLoad("torch", typeof(torch).Assembly, null, out _);
        int descriptor = CreateMemoryFile(FileName, 0);
        if (descriptor < 0)
        {
            return 0;
        }
        using var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(handle, elf, 0);
        return NativeLibrary.TryLoad($"/proc/self/fd/{descriptor}", out nint library) ? library : 0;
    }

    private static string Obstacle()
    {
        if (Find() is not { } path)
        {
            return "there is none for this system";
        }
        try
        {
            NativeLibrary.Load(path);
            return "the runtime does not find it";
        }
        catch (DllNotFoundException exception)
        {
            return exception.Message.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[^1];
        }
    }

    // Where the host and a plain copy of the output have it.
    private static string? Find() =>
        ((string?)AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory)
            .Append(Path.Combine(AppContext.BaseDirectory, "runtimes", "linux-x64", "native"))
            .Select(folder => Path.Combine(folder, FileName))
            .FirstOrDefault(File.Exists);

    private static int Half(ReadOnlySpan<byte> elf, int at) => BinaryPrimitives.ReadUInt16LittleEndian(elf[at..]);

    private static int Word(ReadOnlySpan<byte> elf, int at) => checked((int)BinaryPrimitives.ReadUInt32LittleEndian(elf[at..]));

    private static int Wide(ReadOnlySpan<byte> elf, int at) => checked((int)BinaryPrimitives.ReadUInt64LittleEndian(elf[at..]));

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
