using System.Security.Cryptography;
using System.Text;
using Protos.Foreign;

namespace Learners.Data;

/// <summary>A file as symbols. Immutable.</summary>
internal sealed class TextFile
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const int LargestFile = 1 << 29;

    /// <summary>Most kinds of characters that a file may have.</summary>
    public const int MostKinds = 16_384;

    private TextFile(ushort[] symbols, int kinds, string hash) => (Symbols, Kinds, Hash) = (symbols, kinds, hash);

    /// <summary>The symbols, each below <see cref="Kinds"/>.</summary>
    public ushort[] Symbols { get; }

    /// <summary>Different symbols that are possible.</summary>
    public int Kinds { get; }

    /// <summary>SHA-256 of the file, in hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What a symbol is; characters are numbered in the order of their code points.</param>
    /// <exception cref="InvalidDataException">It is too large, empty, no UTF-8, or has too many kinds of characters.</exception>
    /// <exception cref="IOException">It cannot be read, or is no plain file.</exception>
    public static TextFile Read(string path, SymbolKind kind)
    {
        byte[] bytes = FileBytes.Read(path, LargestFile);
        string hash = Convert.ToHexStringLower(SHA256.HashData(bytes));
        return kind switch
        {
            SymbolKind.Bytes => new TextFile(Array.ConvertAll(bytes, value => (ushort)value), 1 << 8, hash),
            SymbolKind.Characters => OfCharacters(path, bytes, hash),
        };
    }

    private static TextFile OfCharacters(string path, byte[] bytes, string hash)
    {
        ReadOnlySpan<byte> rest = bytes;
        rest = rest.StartsWith(Encoding.UTF8.Preamble) ? rest[Encoding.UTF8.Preamble.Length..] : rest;
        var runes = new List<int>(rest.Length);
        while (!rest.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(rest, out Rune rune, out int length) != System.Buffers.OperationStatus.Done)
            {
                throw new InvalidDataException(
                    $"'{ForeignText.Show(path)}' is no UTF-8: byte {bytes.Length - rest.Length} is part of no character. Convert it, or set text.symbols=bytes."
                );
            }
            runes.Add(rune.Value);
            rest = rest[length..];
        }
        int[] kinds = [.. new HashSet<int>(runes).Order()];
        if (kinds.Length > MostKinds)
        {
            throw new InvalidDataException(
                $"'{ForeignText.Show(path)}' has {kinds.Length} kinds of characters; at most {MostKinds} are possible. Set text.symbols=bytes."
            );
        }
        var numbers = new Dictionary<int, ushort>();
        for (int i = 0; i < kinds.Length; i++)
        {
            numbers.Add(kinds[i], (ushort)i);
        }
        var symbols = new ushort[runes.Count];
        for (int i = 0; i < symbols.Length; i++)
        {
            symbols[i] = numbers[runes[i]];
        }
        return new TextFile(symbols, kinds.Length, hash);
    }
}
