using System.Buffers.Binary;
using System.Security.Cryptography;
using Protos.Foreign;

namespace Learners.Data;

/// <summary>An array of bytes in the IDX format, which MNIST made known. Immutable.</summary>
/// <remarks>
/// <code>
/// bytes   0 0   1 (type: 8 for bytes)   1 (dimensions, D)   4 × D (sizes, big-endian)   elements, row-major, to the end
/// </code>
/// </remarks>
internal sealed class IdxFile
{
    /// <summary>Largest file that is read, in bytes after unpacking.</summary>
    public const int LargestFile = 1 << 30;

    private const int Bytes = 8; // the only type that images and labels have
    private const int MostDimensions = 4;

    private IdxFile(string path, int[] shape, ReadOnlyMemory<byte> elements, string hash) =>
        (Path, Shape, Elements, Hash) = (path, shape, elements, hash);

    /// <summary>Where it lies.</summary>
    public string Path { get; }

    /// <summary>Size of each dimension, at least 1.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>The elements, row-major.</summary>
    public ReadOnlyMemory<byte> Elements { get; }

    /// <summary>SHA-256 of the file, unpacked, in hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>Reads a file, which may come from anyone.</summary>
    /// <exception cref="InvalidDataException">It breaks the format, is too large, or holds other elements than bytes; the message says where.</exception>
    /// <exception cref="IOException">It cannot be read, or is no plain file.</exception>
    public static IdxFile Read(string path)
    {
        byte[] file = FileBytes.Read(path, LargestFile);
        string name = $"'{ForeignText.Show(path)}'";
        if (file.Length < 4 || file[0] != 0 || file[1] != 0)
        {
            throw new InvalidDataException(
                $"{name} is no IDX file: it does not begin with two zeros, a type and a number of dimensions. Unpacked files of MNIST do; give a packed one a name that ends in .gz."
            );
        }
        if (file[2] != Bytes)
        {
            throw new InvalidDataException($"{name} holds elements of type {file[2]}; only bytes, type {Bytes}, are read.");
        }
        int dimensions = file[3];
        if (dimensions is < 1 or > MostDimensions || file.Length < 4 + 4 * dimensions)
        {
            throw new InvalidDataException(
                $"{name} has {dimensions} dimensions in {file.Length} bytes; 1 to {MostDimensions} are possible, each with a size of 4 bytes."
            );
        }
        var shape = new int[dimensions];
        int first = 4 + 4 * dimensions;
        long count = 1;
        for (int i = 0; i < dimensions; i++)
        {
            uint size = BinaryPrimitives.ReadUInt32BigEndian(file.AsSpan(4 + 4 * i));
            // Compared at each step, so that the product never overflows.
            count = size is 0 or > LargestFile || count * size > LargestFile ? -1 : count * size;
            if (count < 0)
            {
                throw new InvalidDataException(
                    $"{name} says that dimension {i} has size {size}, which is empty or more than is read."
                );
            }
            shape[i] = (int)size;
        }
        if (file.Length - first != count)
        {
            throw new InvalidDataException(
                $"{name} says [{string.Join(", ", shape)}], which are {count} bytes, and {file.Length - first} follow. It is cut off or damaged."
            );
        }
        return new IdxFile(path, shape, file.AsMemory(first), Convert.ToHexStringLower(SHA256.HashData(file)));
    }
}
