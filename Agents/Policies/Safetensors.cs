using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Agents.Policies;

/// <summary>Reads and writes the safetensors format: a JSON header, then raw arrays. Float32 only.</summary>
/// <remarks>
/// The file is an 8-byte little-endian header length, the header (name → dtype, shape, offsets into the data), and the data. Files
/// come from strangers, so every length is checked against the bytes that are there before anything is allocated.
/// </remarks>
internal static class Safetensors
{
    private const string MetadataKey = "__metadata__";
    private const int LengthBytes = 8;
    private const int MaxHeaderBytes = 100_000_000; // the format's own limit

    /// <summary>Writes arrays to a new file.</summary>
    /// <param name="path">File; replaced when it is there.</param>
    /// <param name="arrays">Arrays with names of their own.</param>
    /// <param name="metadata">Free text by key.</param>
    public static void Write(string path, IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string> metadata)
    {
        byte[] header = Header(arrays, metadata);
        Span<byte> length = stackalloc byte[LengthBytes];
        BinaryPrimitives.WriteInt64LittleEndian(length, header.Length);
        using FileStream file = File.Create(path);
        file.Write(length);
        file.Write(header);
        foreach (NamedArray array in arrays)
        {
            file.Write(MemoryMarshal.AsBytes(array.Values.AsSpan()));
        }
    }

    /// <summary>Reads all arrays of a file, in the order of their data.</summary>
    /// <exception cref="InvalidDataException">The file is damaged or holds something other than float32.</exception>
    public static (IReadOnlyList<NamedArray> Arrays, IReadOnlyDictionary<string, string> Metadata) Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        try
        {
            return Parse(bytes);
        }
        catch (Exception exception)
            when (exception
                    is InvalidDataException
                        or JsonException
                        or InvalidOperationException
                        or FormatException
                        or DecoderFallbackException
            )
        {
            throw new InvalidDataException(
                $"'{path}' is no whole safetensors file: {exception.Message.ReplaceLineEndings(" ")} Restore it from a copy.",
                exception
            );
        }
    }

    private static byte[] Header(IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string> metadata)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            if (metadata.Count > 0)
            {
                json.WriteStartObject(MetadataKey);
                foreach ((string key, string value) in metadata)
                {
                    json.WriteString(key, value);
                }
                json.WriteEndObject();
            }
            long offset = 0;
            foreach (NamedArray array in arrays)
            {
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
                offset += (long)array.Values.Length * sizeof(float);
                json.WriteNumberValue(offset);
                json.WriteEndArray();
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        while (stream.Length % LengthBytes != 0)
        {
            stream.WriteByte((byte)' '); // aligns the data
        }
        return stream.ToArray();
    }

    private static (IReadOnlyList<NamedArray>, IReadOnlyDictionary<string, string>) Parse(ReadOnlySpan<byte> bytes)
    {
        long headerLength = bytes.Length < LengthBytes ? -1 : BinaryPrimitives.ReadInt64LittleEndian(bytes);
        if (headerLength < 2 || headerLength > Math.Min(MaxHeaderBytes, bytes.Length - LengthBytes))
        {
            throw new InvalidDataException($"its header claims {headerLength} bytes of a file of {bytes.Length}.");
        }
        ReadOnlySpan<byte> data = bytes[(LengthBytes + (int)headerLength)..];
        string header = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(bytes.Slice(LengthBytes, (int)headerLength));
        using JsonDocument document = JsonDocument.Parse(header);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new InvalidDataException("its header is no JSON object.");
        }
        var metadata = new Dictionary<string, string>();
        var found = new List<(long Begin, long End, string Name, int[] Shape)>();
        var names = new HashSet<string>();
        foreach (JsonProperty property in document.RootElement.EnumerateObject())
        {
            if (!names.Add(property.Name))
            {
                throw new InvalidDataException($"'{property.Name}' stands twice in its header.");
            }
            if (property.Name == MetadataKey)
            {
                foreach (JsonProperty entry in property.Value.EnumerateObject())
                {
                    metadata[entry.Name] = entry.Value.GetString() ?? "";
                }
                continue;
            }
            found.Add(ParseEntry(property));
        }
        return (ReadArrays(found, data), metadata);
    }

    private static (long Begin, long End, string Name, int[] Shape) ParseEntry(JsonProperty property)
    {
        string name = property.Name;
        if (
            property.Value.ValueKind != JsonValueKind.Object
            || !property.Value.TryGetProperty("dtype", out JsonElement type)
            || !property.Value.TryGetProperty("shape", out JsonElement shape)
            || !property.Value.TryGetProperty("data_offsets", out JsonElement offsets)
            || offsets.GetArrayLength() != 2
        )
        {
            throw new InvalidDataException($"'{name}' lacks its dtype, shape or data_offsets.");
        }
        if (type.GetString() != "F32")
        {
            throw new InvalidDataException($"'{name}' is of type {type.GetString()}; only F32 is read.");
        }
        int[] dimensions = [.. shape.EnumerateArray().Select(dimension => dimension.GetInt32())];
        long begin = offsets[0].GetInt64();
        long end = offsets[1].GetInt64();
        long size = sizeof(float);
        foreach (int dimension in dimensions)
        {
            size = size < 0 || dimension < 0 || size > int.MaxValue ? -1 : size * dimension;
        }
        if (size < 0 || begin < 0 || end < begin || end - begin != size)
        {
            throw new InvalidDataException(
                $"'{name}' of shape [{string.Join(", ", dimensions)}] cannot lie in bytes {begin} to {end}."
            );
        }
        return (begin, end, name, dimensions);
    }

    private static List<NamedArray> ReadArrays(
        List<(long Begin, long End, string Name, int[] Shape)> found,
        ReadOnlySpan<byte> data
    )
    {
        var arrays = new List<NamedArray>(found.Count);
        long expected = 0;
        foreach (
            (long begin, long end, string name, int[] shape) in found.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)
        )
        {
            if (begin != expected || end > data.Length)
            {
                throw new InvalidDataException(
                    $"'{name}' lies in bytes {begin} to {end}, but {expected} of {data.Length} come next."
                );
            }
            arrays.Add(new NamedArray(name, shape, MemoryMarshal.Cast<byte, float>(data[(int)begin..(int)end]).ToArray()));
            expected = end;
        }
        return expected == data.Length
            ? arrays
            : throw new InvalidDataException($"{data.Length - expected} bytes at its end belong to no array.");
    }
}
