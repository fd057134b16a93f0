using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Protos.Foreign;

namespace Agents.Policies;

/// <summary>Reads and writes safetensors files of float32 arrays, bit for bit; nothing in such a file is ever executed.</summary>
/// <remarks>
/// <code>
/// bytes   8                  N                                                  rest
///         N, little-endian   JSON, padded with spaces to a multiple of 8        elements, little-endian, without gaps
/// JSON    {"__metadata__":{"key":"text"},"name":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}
/// </code>
/// Offsets count from the end of the JSON. The same arrays and metadata always give the same bytes. Whether numbers are finite is
/// for the caller to check: the format allows any.
/// </remarks>
internal static class Safetensors
{
    internal const string MetadataName = "__metadata__";

    /// <summary>Largest JSON header, in bytes, as in the format's reference implementation.</summary>
    internal const int MaxHeaderSizeInBytes = 100_000_000;

    /// <summary>Most arrays of a file; networks have hundreds at most.</summary>
    internal const int MaxArrays = 10_000;

    // Escapes only what JSON must, so that names of any language stay readable.
    private static readonly JsonWriterOptions HeaderOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Writes a file; readers see the old one until the new one is complete.</summary>
    /// <param name="path">The file; its folder exists.</param>
    /// <param name="arrays">What to store, in this order.</param>
    /// <param name="metadata">Text about the file; stored ordered by name.</param>
    /// <exception cref="ArgumentException">A name comes twice or is reserved, a text is not Unicode, or a shape does not fit its values.</exception>
    /// <exception cref="IOException">The folder does not exist, or the disk is full.</exception>
    public static void Write(string path, IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string unfinished = path + ".tmp";
        FileStream file = DiskFailure.Writing(path, () => new FileStream(unfinished, FileMode.Create, FileAccess.Write));
        try
        {
            using (file)
            {
                Write(file, arrays, metadata);
            }
            DiskFailure.Writing(path, () => File.Move(unfinished, path, overwrite: true));
        }
        catch
        {
            File.Delete(unfinished);
            throw;
        }
    }

    /// <summary>Writes to a stream, which stays open; nothing is written when an argument is wrong.</summary>
    /// <inheritdoc cref="Write(string, IReadOnlyList{NamedArray}, IReadOnlyDictionary{string, string}?)"/>
    public static void Write(
        Stream stream,
        IReadOnlyList<NamedArray> arrays,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(arrays);
        ReadOnlySpan<byte> header = Header(arrays, metadata);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (NamedArray array in arrays)
        {
            stream.Write(MemoryMarshal.AsBytes(array.Values.AsSpan()));
        }
    }

    /// <summary>Reads a file, which may come from anyone.</summary>
    /// <exception cref="InvalidDataException">The file breaks the format, or holds other types than F32; the message says where.</exception>
    /// <exception cref="IOException">The file does not exist, or cannot be read.</exception>
    public static SafetensorsFile Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream file = PlainFile.Open(path);
        return new SafetensorsReader(file, $"'{path}'").Read();
    }

    /// <summary>Reads a stream from where it stands to its end; it stays open.</summary>
    /// <param name="stream">Knows its length (<see cref="Stream.CanSeek"/>), against which every size is checked before memory is taken.</param>
    /// <exception cref="ArgumentException">The stream does not know its length.</exception>
    /// <inheritdoc cref="Read(string)"/>
    public static SafetensorsFile Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.CanSeek
            ? new SafetensorsReader(stream, "The stream").Read()
            : throw new ArgumentException(
                "The stream does not know its length, against which sizes are checked. Copy it to a file or a MemoryStream first.",
                nameof(stream)
            );
    }

    private static ReadOnlySpan<byte> Header(IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string>? metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, HeaderOptions))
        {
            json.WriteStartObject();
            if (metadata is { Count: > 0 })
            {
                json.WriteStartObject(MetadataName);
                string[] keys = [.. metadata.Keys];
                Array.Sort(keys, StringComparer.Ordinal);
                foreach (string key in keys)
                {
                    string text = metadata[key];
                    RequireUnicode(key);
                    RequireUnicode(text);
                    json.WriteString(key, text);
                }
                json.WriteEndObject();
            }
            var names = new HashSet<string> { MetadataName };
            long offset = 0;
            foreach (NamedArray array in arrays)
            {
                RequireWritable(array, names);
                json.WriteStartObject(array.Name);
                json.WriteString("dtype", "F32");
                json.WriteStartArray("shape");
                foreach (int dimension in array.Shape)
                {
                    json.WriteNumberValue(dimension);
                }
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += (long)array.Values.Length * sizeof(float));
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        int padding = -buffer.WrittenCount & (sizeof(ulong) - 1);
        buffer.GetSpan(sizeof(ulong))[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan;
    }

    private static void RequireWritable(NamedArray array, HashSet<string> names)
    {
        RequireUnicode(array.Name);
        if (!names.Add(array.Name))
        {
            throw new ArgumentException($"The name '{array.Name}' is taken. Name each array once, and none '{MetadataName}'.");
        }
        if (Count(array.Shape) != array.Values.Length || array.Values.Length > int.MaxValue / sizeof(float))
        {
            throw new ArgumentException(
                $"The array '{array.Name}' of shape [{string.Join(", ", array.Shape)}] has {array.Values.Length} values; "
                    + "they must be as many as the shape holds, and at most 2 GiB."
            );
        }
    }

    // The JSON writer would replace half of a surrogate pair, and two names could become one.
    private static void RequireUnicode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        try
        {
            StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException exception)
        {
            throw new ArgumentException(
                $"A name or metadata text holds half of a surrogate pair at index {exception.Index}, which UTF-8 cannot store. Remove it."
            );
        }
    }

    /// <summary>How many elements a shape holds; null when a dimension is negative or the number exceeds what an array can hold.</summary>
    internal static int? Count(ReadOnlySpan<int> shape)
    {
        long count = 1;
        bool tooMany = false;
        foreach (int dimension in shape)
        {
            if (dimension < 0)
            {
                return null;
            }
            count = tooMany && dimension > 0 ? count : count * dimension;
            tooMany = count > int.MaxValue;
        }
        return tooMany ? null : (int)count;
    }
}
