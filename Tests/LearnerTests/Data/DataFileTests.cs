using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Agents.Yaml;
using Environments.Randomness;
using Learners.Checkpoints;
using Learners.Data;
using Learners.Supervised;
using Learners.Supervised.Tasks;
using Xunit;

namespace Tests.LearnerTests.Data;

/// <summary>Text and images of the user's own, and files that somebody broke.</summary>
public sealed class DataFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Text_Bytes_AreTheBytesOfTheFile()
    {
        TextFile text = TextFile.Read(Write("a.bin", [0, 255, 7]), SymbolKind.Bytes);

        Assert.Equal([0, 255, 7], text.Symbols);
        Assert.Equal(256, text.Kinds);
    }

    [Fact]
    public void Text_Characters_AreNumberedByCodePoint()
    {
        TextFile text = TextFile.Read(Write("a.txt", [.. Encoding.UTF8.Preamble, .. "bä𝄞ab"u8]), SymbolKind.Characters);

        Assert.Equal([1, 2, 3, 0, 1], text.Symbols);
        Assert.Equal(4, text.Kinds);
    }

    [Fact]
    public void Text_BrokenUtf8_IsRefusedWithThePlace()
    {
        string path = Write("a.txt", [.. "ab"u8, 0xC3, (byte)'x']);

        string message = Assert.Throws<InvalidDataException>(() => TextFile.Read(path, SymbolKind.Characters)).Message;

        Assert.Contains("byte 2 is part of no character", message, StringComparison.Ordinal);
        Assert.Contains("text.symbols=bytes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_EmptyMissingOrShort_IsRefused()
    {
        Assert.Contains(
            "is empty",
            Assert.Throws<InvalidDataException>(() => TextFile.Read(Write("e.txt", []), SymbolKind.Bytes)).Message
        );
        Assert.ThrowsAny<IOException>(() => TextFile.Read(_folder.In("missing.txt"), SymbolKind.Bytes));
        Assert.ThrowsAny<IOException>(() => TextFile.Read(_folder.In("."), SymbolKind.Bytes));
        Assert.Contains(
            "less than one segment of 50 steps",
            Assert
                .Throws<SettingsException>(() => new TextTask { File = Write("s.txt", new byte[500]) }.Open(Context(32)))
                .Message
        );
        Assert.Contains("text.file", Assert.Throws<SettingsException>(() => new TextTask().Open(Context(32))).Message);
    }

    [Fact]
    public void Text_TargetsAreTheNextSymbolAndTheEndIsHeldOut()
    {
        byte[] bytes = [.. Enumerable.Range(0, 1000).Select(i => (byte)(i % 251))];
        IDataSource source = new TextTask { File = Write("t.bin", bytes), SegmentLength = 10 }.Open(Context(2));
        var samples = new Samples(source.Form, 2);
        source.Next(samples);
        source.Next(samples);

        // Two streams of 450 symbols; the second segment begins at symbol 10 of each.
        Assert.Equal(bytes[10], samples.Input(0, 0)[0]);
        Assert.Equal(bytes[460], samples.Input(0, 1)[0]);
        Assert.Equal(bytes[11], samples.Target(0, 0)[0]);
        Assert.Equal(bytes[470], samples.Target(9, 1)[0]);
        source.ReadEvaluation(0, samples);
        Assert.Equal(bytes[900], samples.Input(0, 0)[0]);
        Assert.Equal(4, source.EvaluationBatches); // (50 − 1) / 10
        for (int i = 2; i < 46; i++)
        {
            source.Next(samples);
        }
        Assert.Equal(bytes[10], samples.Input(0, 0)[0]); // 44 segments, then anew: this is the second one again
    }

    [Fact]
    public async Task Text_AnotherFileThanTheRunBeganWith_IsNotGoneOnWith()
    {
        string path = Write("t.txt", [.. Enumerable.Range(0, 2000).Select(i => (byte)('a' + i % 7))]);
        SupervisedSettings settings = SupervisedSources.Load(
            "text",
            null,
            [$"text.file={path}", "updates=3", "batch_size=2", "network.core_size=4", "text.segment_length=10"]
        );
        SupervisedResult result = await SupervisedTrainer.LearnAsync(
            settings,
            new SupervisedOptions { OutputFolder = _folder.In("run") }
        );
        File.WriteAllBytes(path, new byte[2000]);

        Assert.Contains(
            "is not the file that the run began with",
            (
                await Assert.ThrowsAsync<CheckpointException>(() =>
                    SupervisedTrainer.ResumeAsync(result.RunFolder, ["updates=5"])
                )
            ).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Idx_Images_AreReadAsTheyAre(bool packed)
    {
        byte[] pixels = [.. Enumerable.Range(0, 4 * 2 * 3).Select(i => (byte)(i * 10))];
        string end = packed ? ".gz" : "";
        string images = Write("images" + end, Pack(Idx(pixels, 4, 2, 3), packed));
        string labels = Write("labels" + end, Pack(Idx([3, 0, 1, 2], 4), packed));
        ImageSet set = ImageSet.Read(images, labels);
        var input = new float[6];
        var target = new float[1];
        set.Read(2, input, target);

        Assert.Equal((4, 2, 3, 1, 4), (set.Count, set.Height, set.Width, set.Channels, set.Classes));
        Assert.Equal(pixels.AsSpan(12, 6).ToArray().Select(pixel => (float)pixel), input);
        Assert.Equal(1, target[0]);
        ImageSet last = set.Part(3, 1);
        last.Read(0, input, target);
        Assert.Equal(pixels[18], input[0]);
        Assert.Equal(2, target[0]);
    }

    public static TheoryData<string, byte[], string> BrokenFiles =>
        new()
        {
            { "nothing but text", [.. "hello, I am text"u8], "is no IDX file" },
            { "three bytes", [0, 0, 8], "is no IDX file" },
            { "packed without the name", Pack(Idx([1], 1), true), "is no IDX file" },
            { "floats", [0, 0, 13, 1, 0, 0, 0, 0], "elements of type 13" },
            { "no dimension", [0, 0, 8, 0], "has 0 dimensions" },
            { "255 dimensions", [0, 0, 8, 255, 0, 0, 0, 1], "has 255 dimensions" },
            { "sizes cut off", [0, 0, 8, 3, 0, 0, 0, 1, 0, 0], "has 3 dimensions in 10 bytes" },
            { "elements cut off", Idx([1, 2, 3], 4), "It is cut off or damaged" },
            { "more elements", Idx([1, 2, 3], 2), "It is cut off or damaged" },
            { "empty", Idx([], 0), "has size 0" },
            { "four thousand million", [0, 0, 8, 1, 255, 255, 255, 255, 1], "has size 4294967295" },
            { "a product that overflows", [0, 0, 8, 3, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1], "more than is read" },
            { "a product of 2^64", [0, 0, 8, 4, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0], "more than is read" },
        };

    [Theory]
    [MemberData(nameof(BrokenFiles))]
    public void Idx_BrokenFile_IsRefusedInOneSentence(string what, byte[] bytes, string expected)
    {
        string message = Assert.Throws<InvalidDataException>(() => IdxFile.Read(Write("broken", bytes))).Message;

        Assert.True(message.Contains(expected, StringComparison.Ordinal), $"{what}: {message}");
    }

    [Fact]
    public void Idx_AnyPrefixOrFlippedByte_IsReadOrRefused()
    {
        byte[] whole = Idx([.. Enumerable.Range(0, 60).Select(i => (byte)i)], 5, 4, 3);
        var random = new Pcg64(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] bytes = whole[..random.NextInt(0, whole.Length + 1)];
            if (bytes.Length > 0 && i % 2 == 0)
            {
                bytes = (byte[])whole.Clone();
                bytes[random.NextInt(0, 16)] = (byte)random.NextInt(0, 256);
            }
            bool packed = i % 3 == 0;
            byte[] file = packed ? Pack(bytes, true).SkipLast(i % 7).ToArray() : bytes;
            try
            {
                IdxFile.Read(Write(packed ? "fuzz.gz" : "fuzz", file));
            }
            catch (InvalidDataException) { }
        }
    }

    [Fact]
    public void Idx_PackedZeros_AreNotUnpackedBeyondTheLimit()
    {
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(new byte[5_000_000]);
        }

        string message = Assert
            .Throws<InvalidDataException>(() => FileBytes.Read(Write("bomb.gz", packed.ToArray()), 1_000_000))
            .Message;

        Assert.Contains("more than the 1000000 bytes", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Images_ThatDoNotFitTheirLabels_AreRefused()
    {
        string images = Write("images", Idx(new byte[24], 4, 2, 3));

        Assert.Contains("not one class for each of the 4", Refusal(images, Write("labels", Idx(new byte[3], 3))));
        Assert.Contains("not one class for each of the 4", Refusal(images, images));
        Assert.Contains("are no images", Refusal(Write("flat", Idx(new byte[24], 4, 6)), Write("labels", Idx(new byte[4], 4))));

        string Refusal(string pixels, string labels) =>
            Assert.Throws<InvalidDataException>(() => ImageSet.Read(pixels, labels)).Message;
    }

    [Fact]
    public async Task Images_LearnedFromFiles_AreTold()
    {
        (string images, string labels) = Bars(400);
        SupervisedSettings settings = SupervisedSources.Load(
            "images",
            null,
            [$"images.images={images}", $"images.labels={labels}", "updates=150", "batch_size=16"]
        );

        SupervisedResult result = await SupervisedTrainer.LearnAsync(
            settings,
            new SupervisedOptions { OutputFolder = _folder.In("run") }
        );

        Assert.Equal(40, result.Score!.Answers);
        Assert.True(result.Score.Accuracy > 0.9, $"{result.Score.Accuracy}");
        Assert.True(
            File.ReadAllText(_folder.In("run", "network", "network.yaml")).Contains("channels: 16", StringComparison.Ordinal)
        );
    }

    // Bars of noise: class 0 is a row, class 1 a column, class 2 nothing.
    private (string Images, string Labels) Bars(int count)
    {
        var random = new Pcg64(3);
        var pixels = new byte[count * 64];
        var classes = new byte[count];
        for (int i = 0; i < count; i++)
        {
            classes[i] = (byte)random.NextInt(0, 3);
            int place = random.NextInt(0, 8);
            for (int y = 0; y < 8; y++)
            {
                for (int x = 0; x < 8; x++)
                {
                    bool isBar = classes[i] == 0 && y == place || classes[i] == 1 && x == place;
                    pixels[i * 64 + y * 8 + x] = (byte)(random.NextInt(0, 60) + (isBar ? 180 : 0));
                }
            }
        }
        return (Write("bars", Idx(pixels, count, 8, 8)), Write("classes", Idx(classes, count)));
    }

    private string Write(string name, byte[] bytes)
    {
        string path = _folder.In(name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static SourceContext Context(int batchSize) => new(batchSize, 100, new SeedSequence(1));

    private static byte[] Idx(byte[] elements, params int[] shape)
    {
        var header = new byte[4 + 4 * shape.Length];
        (header[2], header[3]) = (8, (byte)shape.Length);
        for (int i = 0; i < shape.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + 4 * i), shape[i]);
        }
        return [.. header, .. elements];
    }

    private static byte[] Pack(byte[] bytes, bool packed)
    {
        if (!packed)
        {
            return bytes;
        }
        using var result = new MemoryStream();
        using (var stream = new GZipStream(result, CompressionLevel.Fastest, leaveOpen: true))
        {
            stream.Write(bytes);
        }
        return result.ToArray();
    }
}
