using System.Buffers.Binary;
using System.Text;
using Agents.Policies;
using Xunit;

namespace Tests.AgentTests.Policies;

public sealed class SafetensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string File => _folder.In("weights.safetensors");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_AfterWrite_ReturnsEveryBit()
    {
        NamedArray[] arrays =
        [
            new("a.weight", [2, 3], [1, -0f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.Epsilon]),
            new("payloads", [2], [BitConverter.Int32BitsToSingle(0x7FA0_1234), BitConverter.Int32BitsToSingle(-0x0005_4321)]),
            new("scalar", [], [0.1f]),
            new("empty", [3, 0], []),
            new("naïve \"name\"\n", [1, 1, 1], [float.MaxValue]),
        ];
        var metadata = new Dictionary<string, string> { ["format"] = "pt", ["ключ"] = "line\nline" };
        Safetensors.Write(File, arrays, metadata);

        (IReadOnlyList<NamedArray> loaded, IReadOnlyDictionary<string, string> loadedMetadata) = Safetensors.Read(File);

        Assert.Equal(metadata, loadedMetadata);
        Assert.Equal(arrays.Select(array => array.Name), loaded.Select(array => array.Name));
        for (int i = 0; i < arrays.Length; i++)
        {
            Assert.Equal(arrays[i].Shape, loaded[i].Shape);
            Assert.Equal(Bits(arrays[i]), Bits(loaded[i]));
        }

        static int[] Bits(NamedArray array) => [.. array.Values.Select(BitConverter.SingleToInt32Bits)];
    }

    [Fact]
    public void Read_NoArrays_ReturnsNone()
    {
        Safetensors.Write(File, [], new Dictionary<string, string>());

        (IReadOnlyList<NamedArray> arrays, IReadOnlyDictionary<string, string> metadata) = Safetensors.Read(File);

        Assert.Empty(arrays);
        Assert.Empty(metadata);
    }

    [Fact]
    public void Write_OneSmallArray_EqualsTheseBytes()
    {
        Safetensors.Write(File, [new NamedArray("w", [1, 2], [1, -2])], new Dictionary<string, string>());

        const string header = """{"w":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]}}""";
        Assert.Equal(
            [56, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(header), 0, 0, 0x80, 0x3F, 0, 0, 0, 0xC0],
            System.IO.File.ReadAllBytes(File)
        );
    }

    [Theory]
    [InlineData("w")]
    [InlineData("ww")]
    [InlineData("seven77")]
    [InlineData("a long name that shifts everything")]
    public void Write_AnyHeader_AlignsTheDataWithSpaces(string name)
    {
        Safetensors.Write(File, [new NamedArray(name, [1], [1])], new Dictionary<string, string>());

        byte[] bytes = System.IO.File.ReadAllBytes(File);
        long length = BinaryPrimitives.ReadInt64LittleEndian(bytes);
        Assert.Equal(0, length % 8);
        Assert.Equal((byte)'{', bytes[8]);
        Assert.Contains(bytes[8 + (int)length - 1], " }"u8.ToArray());
        Assert.Equal(8 + length + 4, bytes.Length);
    }

    [Fact]
    public void Read_ArraysListedInAnotherOrder_ReturnsThemInTheOrderOfTheirData()
    {
        WriteFile(
            """{"b":{"data_offsets":[4,8],"shape":[1],"dtype":"F32"},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"""
        );

        Assert.Equal(["a", "b"], Safetensors.Read(File).Arrays.Select(array => array.Name));
    }

    public static TheoryData<string, string> MalformedHeaders =>
        new()
        {
            { "no JSON", "once upon a time" },
            { "unfinished JSON", """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}""" },
            { "text after the JSON", """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}} x""" },
            { "root is an array", "[1,2]" },
            { "root is null", "null" },
            { "entry is a number", """{"w":1}""" },
            {
                "duplicate name",
                """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"""
            },
            { "float64", """{"w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""" },
            { "dtype is a number", """{"w":{"dtype":32,"shape":[2],"data_offsets":[0,8]}}""" },
            { "no dtype", """{"w":{"shape":[2],"data_offsets":[0,8]}}""" },
            { "no shape", """{"w":{"dtype":"F32","data_offsets":[0,8]}}""" },
            { "shape is a number", """{"w":{"dtype":"F32","shape":2,"data_offsets":[0,8]}}""" },
            { "dimension is text", """{"w":{"dtype":"F32","shape":["2"],"data_offsets":[0,8]}}""" },
            { "dimension is a fraction", """{"w":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}}""" },
            { "no offsets", """{"w":{"dtype":"F32","shape":[2]}}""" },
            { "offsets are a number", """{"w":{"dtype":"F32","shape":[2],"data_offsets":8}}""" },
            { "one offset", """{"w":{"dtype":"F32","shape":[2],"data_offsets":[8]}}""" },
            { "three offsets", """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""" },
            {
                "overlap",
                """{"v":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"""
            },
            { "gap before the first", """{"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""" },
            {
                "gap between",
                """{"v":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"""
            },
            { "out of range", """{"w":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""" },
            {
                "far out of range",
                """{"w":{"dtype":"F32","shape":[1],"data_offsets":[9223372036854775803,9223372036854775807]}}"""
            },
            { "offset beyond 64 bits", """{"w":{"dtype":"F32","shape":[2],"data_offsets":[0,99999999999999999999]}}""" },
            { "negative offset", """{"w":{"dtype":"F32","shape":[3],"data_offsets":[-4,8]}}""" },
            { "offsets swapped", """{"w":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""" },
            {
                "shape overflows to 8",
                """{"w":{"dtype":"F32","shape":[2147483647,2147483647,2147483647],"data_offsets":[0,8]}}"""
            },
            { "shape overflows to 0", """{"w":{"dtype":"F32","shape":[65536,65536,65536,65536],"data_offsets":[0,0]}}""" },
            {
                "shape overflows before a 0",
                """{"v":{"dtype":"F32","shape":[65536,65536,65536,0],"data_offsets":[0,0]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"""
            },
            { "dimension beyond 32 bits", """{"w":{"dtype":"F32","shape":[4294967298],"data_offsets":[0,8]}}""" },
            { "negative dimension", """{"w":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""" },
            { "two negative dimensions", """{"w":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}""" },
            {
                "negative dimension before a 0",
                """{"v":{"dtype":"F32","shape":[-1,0],"data_offsets":[0,0]},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"""
            },
            { "shape too small", """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}""" },
            { "shape too large", """{"w":{"dtype":"F32","shape":[2,2],"data_offsets":[0,8]}}""" },
            { "trailing bytes", """{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""" },
            { "no arrays, but data", "{}" },
            { "metadata is text", """{"__metadata__":"x","w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""" },
            { "metadata value is a number", """{"__metadata__":{"x":1},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""" },
            { "half a surrogate pair", """{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""" },
            { "line breaks in a name", """{"w\n\r\u2028w":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}""" },
        };

    [Theory]
    [MemberData(nameof(MalformedHeaders))]
    public void Read_MalformedHeader_IsRefusedInOneLineThatNamesTheFile(string fault, string header)
    {
        WriteFile(header);

        Assert.NotEmpty(fault);
        AssertRefused();
    }

    [Fact]
    public void Read_DeeplyNestedHeader_IsRefused()
    {
        WriteFile(new string('[', 100_000));

        AssertRefused();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1L << 32 | 56)] // whose low half would be right
    [InlineData(65)]
    [InlineData(100_000_001)]
    public void Read_HeaderLengthOffTheFile_IsRefused(long length)
    {
        byte[] bytes = Whole();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        System.IO.File.WriteAllBytes(File, bytes);

        AssertRefused();
    }

    [Fact]
    public void Read_InvalidUtf8InTheHeader_IsRefused()
    {
        byte[] bytes = Whole();
        bytes[10] = 0xFF; // the name
        System.IO.File.WriteAllBytes(File, bytes);

        AssertRefused();
    }

    [Fact]
    public void Read_TrailingBytes_IsRefused()
    {
        System.IO.File.WriteAllBytes(File, [.. Whole(), 0]);

        AssertRefused();
    }

    [Fact]
    public void Read_EveryTruncation_IsRefused()
    {
        byte[] bytes = Whole();
        for (int length = 0; length < bytes.Length; length++)
        {
            System.IO.File.WriteAllBytes(File, bytes[..length]);
            AssertRefused();
        }
    }

    [Fact]
    public void Read_AnyByteOfLengthOrHeaderChanged_LoadsOrIsRefused()
    {
        Safetensors.Write(
            File,
            [new NamedArray("w", [1, 2], [1, -2]), new NamedArray("s", [], [3]), new NamedArray("e", [0, 4], [])],
            new Dictionary<string, string> { ["k"] = "é" }
        );
        byte[] bytes = System.IO.File.ReadAllBytes(File);
        int end = 8 + (int)BinaryPrimitives.ReadInt64LittleEndian(bytes);
        (int loaded, int refused) = (0, 0);
        for (int place = 0; place < end; place++)
        {
            foreach (byte change in new byte[] { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF })
            {
                bytes[place] ^= change;
                System.IO.File.WriteAllBytes(File, bytes);
                bytes[place] ^= change;
                try
                {
                    Safetensors.Read(File);
                    loaded++;
                }
                catch (InvalidDataException)
                {
                    refused++; // anything else fails the test
                }
            }
        }
        Assert.True(loaded > 0 && refused > loaded, $"{loaded} loaded, {refused} refused.");
    }

    private byte[] Whole()
    {
        Safetensors.Write(File, [new NamedArray("w", [1, 2], [1, -2])], new Dictionary<string, string>());
        return System.IO.File.ReadAllBytes(File);
    }

    // The header, and eight bytes of data.
    private void WriteFile(string header)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(length, text.Length);
        System.IO.File.WriteAllBytes(File, [.. length, .. text, .. new byte[8]]);
    }

    private void AssertRefused()
    {
        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => Safetensors.Read(File));
        Assert.StartsWith($"'{File}' ", exception.Message, StringComparison.Ordinal);
        Assert.Equal(exception.Message, exception.Message.ReplaceLineEndings(" "));
    }
}
