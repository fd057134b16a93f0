using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Protos.Foreign;

namespace Agents.Policies;

/// <summary>Reads one safetensors stream and trusts nothing in it: no memory is taken for a size that was not checked against the stream's.</summary>
/// <param name="stream">Knows its length.</param>
/// <param name="source">Begins every error message.</param>
internal sealed class SafetensorsReader(Stream stream, string source)
{
    private const int ElementSizeInBytes = sizeof(float);
    private const string Damaged = "The file is damaged or incomplete: copy or save it again.";
    private const string Malformed =
        "The program that wrote the file is at fault: save it again with a current safetensors library.";

    private readonly record struct Entry(string Name, int[] Shape, long Begin, long End);

    public SafetensorsFile Read()
    {
        byte[] header = ReadHeader();
        long dataLength = stream.Length - stream.Position;
        var metadata = new Dictionary<string, string>();
        Entry[] entries = [.. Parse(header, metadata).OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        RequireWithoutGaps(entries, dataLength);

        var arrays = new NamedArray[entries.Length];
        for (int i = 0; i < arrays.Length; i++)
        {
            (string name, int[] shape, long begin, long end) = entries[i];
            var values = new float[(end - begin) / ElementSizeInBytes];
            Fill(MemoryMarshal.AsBytes(values.AsSpan()));
            arrays[i] = new NamedArray(name, shape, values);
        }
        return new SafetensorsFile(arrays, metadata);
    }

    private byte[] ReadHeader()
    {
        long available = stream.Length - stream.Position - sizeof(ulong);
        if (available < 0)
        {
            throw Failure(
                $"it has {available + sizeof(ulong)} bytes; the length of the header alone takes {sizeof(ulong)}",
                Damaged
            );
        }
        Span<byte> prefix = stackalloc byte[sizeof(ulong)];
        Fill(prefix);
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)available)
        {
            throw Failure($"its header should have {length} bytes but only {available} follow", Damaged);
        }
        if (length > Safetensors.MaxHeaderSizeInBytes)
        {
            throw Failure($"its header has {length} bytes; the format allows {Safetensors.MaxHeaderSizeInBytes}", Malformed);
        }
        byte[] header = new byte[length];
        Fill(header);
        if (header is not [(byte)'{', ..])
        {
            throw Failure("its header does not begin with '{'", "It is probably no safetensors file: check the path.");
        }
        if (!Utf8.IsValid(header))
        {
            throw Failure("its header is not UTF-8", Damaged);
        }
        return header;
    }

    private List<Entry> Parse(ReadOnlySpan<byte> header, Dictionary<string, string> metadata)
    {
        var entries = new List<Entry>();
        var names = new HashSet<string>();
        try
        {
            var json = new Utf8JsonReader(header);
            json.Read();
            while (NextProperty(ref json, out string name))
            {
                if (!names.Add(name))
                {
                    throw Failure($"its header holds {Show(name)} twice", Malformed);
                }
                if (names.Count > Safetensors.MaxArrays)
                {
                    throw Failure($"it holds more than {Safetensors.MaxArrays} arrays", "Join small ones.");
                }
                if (name == Safetensors.MetadataName)
                {
                    ParseMetadata(ref json, metadata);
                }
                else
                {
                    entries.Add(ParseEntry(ref json, name));
                }
            }
            json.Read(); // throws when something follows the header's closing brace
        }
        catch (JsonException exception)
        {
            throw Failure(
                $"its header is not JSON from byte {exception.BytePositionInLine} of line {exception.LineNumber + 1} on",
                Damaged
            );
        }
        catch (InvalidOperationException) // how the JSON reader reports half of a surrogate pair
        {
            throw Failure("its header holds text that is not Unicode", Malformed);
        }
        return entries;
    }

    private void ParseMetadata(ref Utf8JsonReader json, Dictionary<string, string> metadata)
    {
        RequireToken(ref json, JsonTokenType.StartObject, Safetensors.MetadataName);
        while (NextProperty(ref json, out string key))
        {
            RequireToken(ref json, JsonTokenType.String, $"metadata {Show(key)}");
            if (!metadata.TryAdd(key, json.GetString()!))
            {
                throw Failure($"its metadata holds {Show(key)} twice", Malformed);
            }
        }
    }

    private Entry ParseEntry(ref Utf8JsonReader json, string name)
    {
        RequireToken(ref json, JsonTokenType.StartObject, $"array {Show(name)}");
        string? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        while (NextProperty(ref json, out string key))
        {
            if (key == "dtype" && type is null)
            {
                RequireToken(ref json, JsonTokenType.String, $"dtype of array {Show(name)}");
                type = json.GetString()!;
            }
            else if (key == "shape" && shape is null)
            {
                shape = ParseIntegers(ref json, $"shape of array {Show(name)}");
            }
            else if (key == "data_offsets" && offsets is null)
            {
                offsets = ParseIntegers(ref json, $"data_offsets of array {Show(name)}");
            }
            else
            {
                throw Failure($"array {Show(name)} has an unknown or second key {Show(key)}", Malformed);
            }
        }
        if (type is null || shape is null || offsets is null)
        {
            throw Failure($"array {Show(name)} lacks dtype, shape or data_offsets", Malformed);
        }
        if (type != "F32")
        {
            throw Failure($"array {Show(name)} has type {Show(type)}; only F32 is read", "Convert it to float32 and save again.");
        }
        if (offsets is not [var begin, var end] || begin > end)
        {
            throw Failure($"the data_offsets of array {Show(name)} are not a begin and an end that is no smaller", Malformed);
        }
        return new Entry(name, RequireShape(name, shape, end - begin), begin, end);
    }

    private int[] RequireShape(string name, List<long> dimensions, long length)
    {
        if (length > int.MaxValue)
        {
            throw Failure(
                $"array {Show(name)} has {length} bytes; at most {int.MaxValue} are read",
                "Split it into smaller arrays."
            );
        }
        bool fits = dimensions.TrueForAll(dimension => dimension <= int.MaxValue);
        int[] shape = fits ? [.. dimensions.Select(dimension => (int)dimension)] : [];
        if (!fits || Safetensors.Count(shape) is not { } count || (long)count * ElementSizeInBytes != length)
        {
            throw Failure($"array {Show(name)} has {length} bytes, which its shape does not fit", Malformed);
        }
        return shape;
    }

    private List<long> ParseIntegers(ref Utf8JsonReader json, string where)
    {
        RequireToken(ref json, JsonTokenType.StartArray, where);
        var integers = new List<long>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.Number || !json.TryGetInt64(out long integer) || integer < 0)
            {
                throw Failure($"the {where} holds something else than integers from 0 to {long.MaxValue}", Malformed);
            }
            integers.Add(integer);
        }
        return integers;
    }

    /// <summary>Moves to the next name of the object that is being read and from there to its value; false at the object's end.</summary>
    private static bool NextProperty(ref Utf8JsonReader json, out string name)
    {
        json.Read();
        bool found = json.TokenType == JsonTokenType.PropertyName;
        name = found ? json.GetString()! : "";
        return found && json.Read();
    }

    private void RequireToken(ref Utf8JsonReader json, JsonTokenType expected, string where)
    {
        if (json.TokenType != expected)
        {
            throw Failure($"{where} is {json.TokenType}, not {expected}", Malformed);
        }
    }

    /// <summary>Arrays follow each other without gaps or overlaps and fill the data, so no byte is hidden and none is used twice.</summary>
    private void RequireWithoutGaps(Entry[] entries, long dataLength)
    {
        long expected = 0;
        foreach (Entry entry in entries)
        {
            if (entry.Begin != expected)
            {
                string problem = entry.Begin < expected ? "overlaps the one before" : "leaves a gap";
                throw Failure($"array {Show(entry.Name)} begins at byte {entry.Begin}, not {expected}: it {problem}", Malformed);
            }
            expected = entry.End;
        }
        if (expected != dataLength)
        {
            throw Failure($"its arrays need {expected} bytes of data and {dataLength} are there", Damaged);
        }
    }

    private void Fill(Span<byte> destination)
    {
        if (stream.ReadAtLeast(destination, destination.Length, throwOnEndOfStream: false) != destination.Length)
        {
            throw Failure("it ended while it was being read", Damaged);
        }
    }

    private static string Show(string name) => $"'{ForeignText.ShowName(name)}'";

    private InvalidDataException Failure(string problem, string remedy) =>
        new($"{source} cannot be read as safetensors: {problem}. {remedy}");
}
