using System.Buffers.Binary;
using System.Text;
using Agents.Policies;
using Xunit;

namespace Tests.AgentTests.Policies;

public sealed class SafetensorsTests
{
    private static readonly NamedArray[] Arrays =
    [
        new("actor.weight", [2, 3], [1, -2, 0.1f, float.MaxValue, float.Epsilon, 4]),
        new("empty", [0, 7], []),
        new("scale", [], [0.5f]),
        new("große \"Gewichte\" \\ 重\n", [1, 1, 2], [float.NegativeInfinity, 1]),
        new("also.empty", [3, 0], []),
    ];

    private static readonly Dictionary<string, string> Metadata = new()
    {
        ["version"] = "1",
        ["agent"] = "ppo",
        ["note"] = "",
    };

    [Fact]
    public void Read_WhatWasWritten_GivesArraysInOrderAndMetadata()
    {
        SafetensorsFile file = Read(Write(Arrays, Metadata));

        Assert.Equal(Arrays.Select(array => array.Name), file.Arrays.Select(array => array.Name));
        Assert.Equal(Arrays.Select(array => array.Shape), file.Arrays.Select(array => array.Shape));
        Assert.Equal(Arrays.Select(Bits), file.Arrays.Select(Bits));
        Assert.Equal(Metadata, file.Metadata);
    }

    [Fact]
    public void Read_SpecialNumbers_KeepsEveryBit()
    {
        uint[] bits = [0x7FC00001, 0xFFC12345, 0x7F800001, 0x80000000, 0x00000001, 0x7F800000];
        var array = new NamedArray("x", [6], [.. bits.Select(BitConverter.UInt32BitsToSingle)]);

        Assert.Equal(bits, Bits(Read(Write([array])).Arrays[0]));
    }

    [Fact]
    public void Read_NoArrays_GivesNone()
    {
        byte[] bytes = Write([]);

        Assert.Equal("\u0008\0\0\0\0\0\0\0{}      ", Encoding.Latin1.GetString(bytes));
        Assert.Empty(Read(bytes).Arrays);
        Assert.Empty(Read(bytes).Metadata);
    }

    [Fact]
    public void Write_KnownArrays_GivesTheseBytes()
    {
        byte[] bytes = Write(
            [new("w", [2, 1], [1, -2]), new("b", [], [0.5f])],
            new Dictionary<string, string> { ["z"] = "2", ["a"] = "1" }
        );

        const string header =
            """{"__metadata__":{"a":"1","z":"2"},"w":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}"""
            + ""","b":{"dtype":"F32","shape":[],"data_offsets":[8,12]}}  """;
        byte[] data = [0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0, 0, 0, 0, 0x3F];
        Assert.Equal(0, header.Length % 8);
        Assert.Equal([(byte)header.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(header), .. data], bytes);
    }

    [Fact]
    public void Write_ToAPath_ReplacesTheFileAndLeavesNoOther()
    {
        string folder = Directory.CreateTempSubdirectory("policy").FullName;
        try
        {
            string path = Path.Combine(folder, "policy.safetensors");
            Safetensors.Write(path, Arrays);
            Safetensors.Write(path, [Arrays[0]], Metadata);
            Assert.Throws<ArgumentException>(() => Safetensors.Write(path, [Arrays[0], Arrays[0]]));

            SafetensorsFile file = Safetensors.Read(path);

            Assert.Equal(Bits(Arrays[0]), Bits(Assert.Single(file.Arrays)));
            Assert.Equal(Metadata, file.Metadata);
            Assert.Equal([path], Directory.GetFiles(folder));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Write_NameTwiceOrReserved_Throws()
    {
        Assert.Throws<ArgumentException>(() => Write([Arrays[0], Arrays[0]]));
        Assert.Throws<ArgumentException>(() => Write([Arrays[0] with { Name = "__metadata__" }]));
    }

    [Fact]
    public void Write_TextThatIsNotUnicode_Throws()
    {
        Assert.Throws<ArgumentException>(() => Write([Arrays[0] with { Name = "half \uD800" }]));
        Assert.Throws<ArgumentException>(() => Write([], new Dictionary<string, string> { ["half \uD800"] = "" }));
        Assert.Throws<ArgumentException>(() => Write([], new Dictionary<string, string> { ["half"] = "\uDC00" }));
    }

    [Theory]
    [InlineData(new[] { 2 }, 3)]
    [InlineData(new[] { -1, -3 }, 3)]
    [InlineData(new int[0], 0)]
    [InlineData(new[] { 65536, 65536 }, 0)]
    public void Write_ShapeThatDoesNotFit_ThrowsAndWritesNothing(int[] shape, int count)
    {
        using var stream = new MemoryStream();
        ArgumentException exception = Assert.Throws<ArgumentException>(() =>
            Safetensors.Write(stream, [new NamedArray("w", shape, new float[count])])
        );
        Assert.Contains("'w'", exception.Message, StringComparison.Ordinal);
        Assert.Equal(0, stream.Length);
    }

    [Fact]
    public void Read_ArraysListedInAnotherOrderThanTheirData_GivesThemInTheOrderOfTheirData()
    {
        byte[] bytes = Pack(Entry("second", "[1]", "[4,8]", "{") + Entry("first", "[1]", "[0,4]", ",") + "}", 8);
        Assert.Equal(["first", "second"], Read(bytes).Arrays.Select(array => array.Name));
    }

    [Fact]
    public void Read_StreamThatDoesNotBeginAtZero_ReadsFromWhereItStands()
    {
        using var stream = new MemoryStream([1, 2, 3, .. Write(Arrays)]) { Position = 3 };
        Assert.Equal(Arrays.Length, Safetensors.Read(stream).Arrays.Count);
    }

    public static TheoryData<string, string, int, string> MalformedHeaders =>
        new()
        {
            { "Empty", "", 0, "does not begin with '{'" },
            { "Leading space", " {}", 0, "does not begin with '{'" },
            { "No object", "[]", 0, "does not begin with '{'" },
            { "Unclosed", "{", 0, "not JSON" },
            { "Trailing text", "{}x", 0, "not JSON" },
            { "Second object", "{}{}", 0, "not JSON" },
            { "Comment", "{/* */}", 0, "not JSON" },
            { "Trailing comma", Entry("w", "[1]", "[0,4]") + ",}", 4, "not JSON" },
            { "Too deep", "{\"w\":" + new string('[', 5000), 0, "not Start" },
            { "Array that is no object", "{\"w\":[1]}", 0, "array 'w' is StartArray" },
            { "Array that is null", "{\"w\":null}", 0, "array 'w' is Null" },
            { "Name twice", Entry("w", "[0]", "[0,0]") + Entry("w", "[0]", "[0,0]", ",") + "}", 0, "holds 'w' twice" },
            {
                "Name twice, once escaped",
                Entry("w", "[0]", "[0,0]") + Entry("\\u0077", "[0]", "[0,0]", ",") + "}",
                0,
                "'w' twice"
            },
            { "Metadata twice", "{\"__metadata__\":{},\"__metadata__\":{}}", 0, "holds '__metadata__' twice" },
            { "Metadata key twice", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"}}", 0, "metadata holds 'a' twice" },
            { "Metadata number", "{\"__metadata__\":{\"a\":1}}", 0, "metadata 'a' is Number" },
            { "Metadata object", "{\"__metadata__\":{\"a\":{}}}", 0, "metadata 'a' is StartObject" },
            { "Metadata that is no object", "{\"__metadata__\":\"a\"}", 0, "__metadata__ is String" },
            { "Half a surrogate pair", "{\"\\ud800\":1}", 0, "not Unicode" },
            { "Half a pair in metadata", "{\"__metadata__\":{\"a\":\"\\udc00\"}}", 0, "not Unicode" },
            { "Line break in a name", "{\"a\\nb\":1}", 0, "array 'a\\nb' is Number" },
            { "Long name", "{\"" + new string('n', 5000) + "\":1}", 0, "nnn' is Number" },
            { "No type", "{\"w\":{\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "lacks dtype" },
            { "No shape", "{\"w\":{\"dtype\":\"F32\",\"data_offsets\":[0,4]}}", 4, "lacks dtype" },
            { "No offsets", "{\"w\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "lacks dtype" },
            { "Unknown key", "{\"w\":{\"dtype\":\"F32\",\"stride\":[1]}}", 4, "second key 'stride'" },
            { "Key twice", "{\"w\":{\"dtype\":\"F32\",\"dtype\":\"F32\"}}", 4, "second key 'dtype'" },
            { "Type that is no text", "{\"w\":{\"dtype\":32}}", 4, "dtype of array 'w' is Number" },
            {
                "Half precision",
                Entry("w", "[2]", "[0,4]").Replace("F32", "F16", StringComparison.Ordinal) + "}",
                4,
                "type 'F16'; only F32"
            },
            {
                "Lower-case type",
                Entry("w", "[1]", "[0,4]").Replace("F32", "f32", StringComparison.Ordinal) + "}",
                4,
                "type 'f32'; only F32"
            },
            { "Shape that is no array", Entry("w", "1", "[0,4]") + "}", 4, "shape of array 'w' is Number" },
            { "Fractional dimension", Entry("w", "[1.5]", "[0,4]") + "}", 4, "something else than integers" },
            { "Negative dimension", Entry("w", "[-1]", "[0,4]") + "}", 4, "something else than integers" },
            { "Two negative dimensions", Entry("w", "[-1,-1]", "[0,4]") + "}", 4, "something else than integers" },
            { "Dimension of text", Entry("w", "[\"1\"]", "[0,4]") + "}", 4, "something else than integers" },
            { "Nested dimension", Entry("w", "[[1]]", "[0,4]") + "}", 4, "something else than integers" },
            { "Dimension beyond int64", Entry("w", "[18446744073709551617]", "[0,4]") + "}", 4, "something else than integers" },
            { "Dimension beyond int32", Entry("w", "[4294967297]", "[0,4]") + "}", 4, "shape does not fit" },
            { "Product wraps to 1 in 32 bits", Entry("w", "[641,6700417]", "[0,4]") + "}", 4, "shape does not fit" },
            { "Product wraps to 0 in 32 bits", Entry("w", "[65536,65536]", "[0,0]") + "}", 0, "shape does not fit" },
            { "Product wraps to 0 in 64 bits", Entry("w", "[65536,65536,65536,65536]", "[0,0]") + "}", 0, "shape does not fit" },
            { "Bytes wrap to 4 in 32 bits", Entry("w", "[1073741825]", "[0,4]") + "}", 4, "shape does not fit" },
            { "Too few bytes", Entry("w", "[2]", "[0,4]") + "}", 4, "shape does not fit" },
            { "Bytes of half an element", Entry("w", "[1]", "[0,6]") + "}", 6, "shape does not fit" },
            { "One offset", Entry("w", "[1]", "[4]") + "}", 4, "not a begin and an end" },
            { "Three offsets", Entry("w", "[1]", "[0,4,8]") + "}", 4, "not a begin and an end" },
            { "Offsets backwards", Entry("w", "[1]", "[4,0]") + "}", 4, "not a begin and an end" },
            { "Negative offset", Entry("w", "[1]", "[-4,0]") + "}", 4, "something else than integers" },
            { "Array of petabytes", Entry("w", "[1]", "[0,9223372036854775807]") + "}", 4, "at most 2147483647" },
            { "End beyond the data", Entry("w", "[2]", "[0,8]") + "}", 4, "need 8 bytes of data and 4 are there" },
            { "2 GB that are not there", Entry("w", "[500000000]", "[0,2000000000]") + "}", 4, "need 2000000000 bytes" },
            { "Gap at the begin", Entry("w", "[1]", "[4,8]") + "}", 8, "begins at byte 4, not 0: it leaves a gap" },
            { "Gap", Entry("w", "[1]", "[0,4]") + Entry("v", "[1]", "[8,12]", ",") + "}", 12, "'v' begins at byte 8, not 4" },
            {
                "Overlap",
                Entry("w", "[2]", "[0,8]") + Entry("v", "[2]", "[4,12]", ",") + "}",
                12,
                "'v' begins at byte 4, not 8: it overlaps"
            },
            {
                "Same data twice",
                Entry("w", "[1]", "[0,4]") + Entry("v", "[1]", "[0,4]", ",") + "}",
                4,
                "'v' begins at byte 0, not 4"
            },
            { "Empty array out of range", Entry("w", "[0]", "[64,64]") + "}", 0, "leaves a gap" },
            { "Data behind the last array", Entry("w", "[1]", "[0,4]") + "}", 8, "need 4 bytes of data and 8 are there" },
            { "Data without arrays", "{}", 1, "need 0 bytes of data and 1 are there" },
        };

    [Theory]
    [MemberData(nameof(MalformedHeaders))]
    public void Read_MalformedHeader_ThrowsInvalidDataInOneLine(string situation, string header, int dataLength, string expected)
    {
        Assert.NotEmpty(situation);
        AssertRejected(Pack(header, dataLength), expected);
    }

    [Theory]
    [InlineData(new byte[0], "it has 0 bytes")]
    [InlineData(new byte[] { 2, 0, 0, 0, 0, 0, 0 }, "it has 7 bytes")]
    [InlineData(new byte[] { 3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}' }, "should have 3 bytes but only 2 follow")]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0, 0, 0x80, (byte)'{', (byte)'}' }, "should have 9223372036854775808 bytes")]
    [InlineData(
        new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, (byte)'{', (byte)'}' },
        "should have 18446744073709551615 bytes"
    )]
    [InlineData(
        new byte[] { 8, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}' },
        "not UTF-8"
    )]
    [InlineData(new byte[] { 2, 0, 0, 0, 0, 0, 0, 0, (byte)'{', 0 }, "not JSON from byte 1 of line 1")]
    public void Read_MalformedBytes_ThrowsInvalidDataInOneLine(byte[] bytes, string expected) => AssertRejected(bytes, expected);

    [Fact]
    public void Read_HeaderLargerThanTheFormatAllows_ThrowsBeforeTakingMemory()
    {
        using var stream = new HugeStream(headerLength: 100_000_001, length: 1L << 40);
        long before = GC.GetAllocatedBytesForCurrentThread();
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => Safetensors.Read(stream));
        Assert.Contains("the format allows 100000000", exception.Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Read_SizesBeyondTheFile_TakesNoMemoryForThem()
    {
        byte[] header = Pack(Entry("w", "[500000000]", "[0,2000000000]") + "}", 4);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(() => Read(header));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }

    [Fact]
    public void Read_FileTruncatedAnywhere_ThrowsInvalidData()
    {
        byte[] bytes = Write(Arrays, Metadata);
        for (int length = 0; length < bytes.Length; length++)
        {
            AssertRejected(bytes[..length], "");
        }
        AssertRejected([.. bytes, 0], "are there");
    }

    [Fact]
    public void Read_AnyByteOfTheHeaderReplacedByAnyOther_ReadsOrThrowsInvalidData()
    {
        byte[] bytes = Write([Arrays[0], Arrays[2], Arrays[3]], new Dictionary<string, string> { ["a"] = "é" });
        int headerEnd = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        int rejected = 0;
        for (int at = 0; at < headerEnd; at++)
        {
            byte original = bytes[at];
            for (int change = 1; change < 256; change++)
            {
                bytes[at] = (byte)(original ^ change);
                rejected += ReadsOrThrowsInvalidData(bytes) ? 0 : 1;
            }
            bytes[at] = original;
        }
        Assert.InRange(rejected, headerEnd, headerEnd * 255);
    }

    [Fact]
    public void Read_HeaderWithPiecesMovedAbout_ReadsOrThrowsInvalidData()
    {
        string[] pieces =
        [
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"w\"",
            "\"dtype\"",
            "\"F32\"",
            "\"shape\"",
            "\"data_offsets\"",
            "0",
            "4",
            "-1",
            "1e9",
            "null",
            "\"__metadata__\"",
            "\"\\ud800\"",
        ];
        var random = new Environments.Randomness.Pcg64(7);
        for (int round = 0; round < 20_000; round++)
        {
            var header = new StringBuilder(Entry("v", "[1]", "[0,4]", "{") + "}");
            for (int edit = 0; edit < 3; edit++)
            {
                header.Insert((int)(random.NextDouble() * header.Length), pieces[(int)(random.NextDouble() * pieces.Length)]);
            }
            ReadsOrThrowsInvalidData(Pack(header.ToString(), 4));
        }
    }

    private static bool ReadsOrThrowsInvalidData(byte[] bytes)
    {
        try
        {
            Read(bytes);
            return true;
        }
        catch (InvalidDataException exception)
        {
            Assert.DoesNotContain('\n', exception.Message);
            return false;
        }
    }

    private static void AssertRejected(byte[] bytes, string expected)
    {
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => Read(bytes));
        Assert.StartsWith("The stream cannot be read as safetensors: ", exception.Message, StringComparison.Ordinal);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
        Assert.InRange(exception.Message.Length, 1, 400);
    }

    private static string Entry(string name, string shape, string offsets, string before = "{") =>
        $$"""{{before}}"{{name}}":{"dtype":"F32","shape":{{shape}},"data_offsets":{{offsets}}}""";

    private static byte[] Pack(string header, int dataLength)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        byte[] bytes = new byte[8 + json.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }

    private static byte[] Write(IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string>? metadata = null)
    {
        using var stream = new MemoryStream();
        Safetensors.Write(stream, arrays, metadata);
        return stream.ToArray();
    }

    private static SafetensorsFile Read(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return Safetensors.Read(stream);
    }

    private static uint[] Bits(NamedArray array) => [.. array.Values.Select(BitConverter.SingleToUInt32Bits)];

    /// <summary>A stream that claims a length and holds nothing but the length of a header.</summary>
    private sealed class HugeStream(long headerLength, long length) : MemoryStream(BitConverter.GetBytes(headerLength))
    {
        public override long Length => length;
    }
}
