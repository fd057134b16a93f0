using System.Security.Cryptography;
using Chaos.Processes;

namespace Chaos.Bridges;

/// <summary>Files of a user that look as shared memory does, and names that lead to them: whoever opens one to write changes it, or removes it. Owns them.</summary>
internal sealed class Canaries : IDisposable
{
    /// <summary>Bytes before the slots.</summary>
    public const int Header = 64;

    /// <summary>Bytes of a slot of one CartPole: five arrays, each in a multiple of 64 bytes.</summary>
    public const int SlotSize = 5 * 64;

    private readonly byte[] _content = new byte[Header + 2 * SlotSize];
    private readonly string _file;
    private readonly string _shared;

    /// <summary>Puts them into a folder, and links to them into the machine's shared memory.</summary>
    public Canaries(string folder)
    {
        Proof = RandomNumberGenerator.GetBytes(32);
        Proof.CopyTo(_content, 0);
        _file = Path.Combine(folder, "precious");
        File.WriteAllBytes(_file, _content);
        string link = Path.Combine(folder, "link");
        File.CreateSymbolicLink(link, _file);
        // Looks as what a server makes, but for what lies behind it.
        _shared = $"/dev/shm/agents-bridge-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
        Directory.CreateDirectory(_shared);
        string inside = Path.Combine(_shared, "0123456789abcdef");
        File.CreateSymbolicLink(inside, _file);
        string pipe = Path.Combine(_shared, "fedcba9876543210");
        NamedPipe.Make(pipe);
        string other = Path.Combine(folder, "agents-bridge-0123abcd");
        Directory.CreateSymbolicLink(other, _shared);
        Names =
        [
            _file,
            link,
            inside,
            pipe,
            Path.Combine(other, "0123456789abcdef"),
            $"/dev/shm/../..{_file}",
            $"{_shared}/../../..{_file}",
            "/dev/zero",
            "/dev/shm",
            "",
            "\0",
        ];
    }

    /// <summary>What the file begins with, which both sides of shared memory agree on.</summary>
    public byte[] Proof { get; }

    /// <summary>Names that lead to the file, or to something else that nobody should open.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Folder in the machine's shared memory that looks as a server's own.</summary>
    public string SharedFolder => _shared;

    /// <summary>Files that were changed or removed.</summary>
    public int Touched => File.Exists(_file) && File.ReadAllBytes(_file).AsSpan().SequenceEqual(_content) ? 0 : 1;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_shared, recursive: true);
}
