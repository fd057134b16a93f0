using System.Buffers.Binary;

namespace Tests.EnvironmentTests.Rendering.Animation;

/// <summary>Reads GIF films by the format's description alone, for checking what the writer made.</summary>
internal sealed class GifDecoder
{
    private readonly byte[] _bytes;
    private int _position;

    public GifDecoder(byte[] bytes)
    {
        _bytes = bytes;
        if (!bytes.AsSpan(0, 6).SequenceEqual("GIF89a"u8))
        {
            throw new InvalidDataException("no GIF89a");
        }
        Width = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(6));
        Height = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(8));
        byte flags = bytes[10];
        _position = 13;
        byte[] common = (flags & 0x80) != 0 ? Take(3 << (flags & 7) + 1) : [];
        byte[] screen = new byte[Width * Height * 3];
        int transparent = -1;
        while (true)
        {
            switch (Take(1)[0])
            {
                case 0x3B:
                    if (_position != bytes.Length)
                    {
                        throw new InvalidDataException("bytes after the end");
                    }
                    return;
                case 0x21:
                    byte label = Take(1)[0];
                    byte[] data = Blocks();
                    if (label == 0xF9)
                    {
                        transparent = (data[0] & 1) != 0 ? data[3] : -1;
                        Delays.Add(BinaryPrimitives.ReadUInt16LittleEndian(data.AsSpan(1)));
                    }
                    else if (label == 0xFF)
                    {
                        Repeats = data.AsSpan(0, 11).SequenceEqual("NETSCAPE2.0"u8);
                    }
                    break;
                case 0x2C:
                    Image(screen, common, transparent);
                    break;
                case byte other:
                    throw new InvalidDataException($"block {other:x} at {_position}");
            }
        }
    }

    public int Width { get; }

    public int Height { get; }

    public bool Repeats { get; private set; }

    /// <summary>Each picture as it is shown, <c>[height, width, 3]</c>.</summary>
    public List<byte[]> Frames { get; } = [];

    public List<int> Delays { get; } = [];

    /// <summary>Width and height of each stored rectangle.</summary>
    public List<(int Width, int Height)> Rectangles { get; } = [];

    public int OwnTables { get; private set; }

    private void Image(byte[] screen, byte[] common, int transparent)
    {
        byte[] descriptor = Take(9);
        int left = BinaryPrimitives.ReadUInt16LittleEndian(descriptor);
        int top = BinaryPrimitives.ReadUInt16LittleEndian(descriptor.AsSpan(2));
        int width = BinaryPrimitives.ReadUInt16LittleEndian(descriptor.AsSpan(4));
        int height = BinaryPrimitives.ReadUInt16LittleEndian(descriptor.AsSpan(6));
        byte[] table = common;
        if ((descriptor[8] & 0x80) != 0)
        {
            table = Take(3 << (descriptor[8] & 7) + 1);
            OwnTables++;
        }
        int codeSize = Take(1)[0];
        List<byte> indices = Decompress(Blocks(), codeSize);
        if (indices.Count != width * height)
        {
            throw new InvalidDataException($"{indices.Count} pixels for {width} × {height}");
        }
        for (int i = 0; i < indices.Count; i++)
        {
            if (indices[i] != transparent)
            {
                int target = 3 * ((top + i / width) * Width + left + i % width);
                table.AsSpan(3 * indices[i], 3).CopyTo(screen.AsSpan(target));
            }
        }
        Rectangles.Add((width, height));
        Frames.Add([.. screen]);
    }

    private static List<byte> Decompress(byte[] data, int codeSize)
    {
        int clear = 1 << codeSize;
        var prefixes = new int[4096]; // code without its last byte, −1 for single bytes
        var lasts = new byte[4096];
        var firsts = new byte[4096];
        var lengths = new int[4096];
        var pixels = new List<byte>();
        for (int i = 0; i < clear; i++)
        {
            (prefixes[i], lasts[i], firsts[i], lengths[i]) = (-1, (byte)i, (byte)i, 1);
        }
        int count = clear + 2;
        int size = codeSize + 1;
        int previous = -1;
        int bit = 0;
        while (true)
        {
            int code = 0;
            for (int i = 0; i < size; i++, bit++)
            {
                code |= (data[bit >> 3] >> (bit & 7) & 1) << i;
            }
            if (code == clear)
            {
                (count, size, previous) = (clear + 2, codeSize + 1, -1);
                continue;
            }
            if (code == clear + 1)
            {
                return pixels;
            }
            if (previous >= 0 && count < 4096)
            {
                byte first = code == count ? firsts[previous] : firsts[code];
                (prefixes[count], lasts[count], firsts[count], lengths[count]) = (
                    previous,
                    first,
                    firsts[previous],
                    lengths[previous] + 1
                );
                count++;
            }
            if (code >= count)
            {
                throw new InvalidDataException($"code {code} of {count}");
            }
            int end = pixels.Count + lengths[code];
            System.Runtime.InteropServices.CollectionsMarshal.SetCount(pixels, end);
            for (int part = code; part >= 0; part = prefixes[part])
            {
                pixels[--end] = lasts[part];
            }
            if (count == 1 << size && size < 12)
            {
                size++;
            }
            previous = code;
        }
    }

    private byte[] Blocks()
    {
        var data = new List<byte>();
        while (Take(1)[0] is var length and > 0)
        {
            data.AddRange(Take(length));
        }
        return [.. data];
    }

    private byte[] Take(int count)
    {
        _position += count;
        return _bytes[(_position - count).._position];
    }
}
