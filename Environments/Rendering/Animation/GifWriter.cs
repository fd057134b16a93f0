using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Environments.Rendering.Animation;

/// <summary>Writes an animated GIF (version 89a) that repeats for ever. Owns its stream unless told otherwise.</summary>
/// <remarks>
/// Only the rectangle that changed since the previous picture is stored, its unchanged pixels as transparent ones. Colours enter a
/// common table in the order of their first use; a picture whose colours no longer fit gets a table of its own, exact for up to 255
/// colours, by median cut beyond that. The common table is filled in at the end, so the stream must seek.
/// </remarks>
public sealed class GifWriter : IAnimationWriter
{
    private const int TableSize = 256;
    private const int Transparent = 255; // in every table the last entry stands for "as before"
    private const int TableOffset = 13; // after the header and the screen descriptor

    private readonly Stream _stream;
    private readonly int _width;
    private readonly int _height;
    private readonly double _framesPerSecond;
    private readonly uint[] _previous;
    private readonly byte[] _indices;
    private readonly LzwEncoder _encoder = new();
    private readonly ColourTable _common = new(Transparent);
    private readonly ColourTable _own = new(Transparent);
    private readonly bool _leaveOpen;
    private bool _disposed;

    /// <summary>A film on an empty stretch of <paramref name="stream"/>.</summary>
    /// <param name="stream">Destination, which can seek.</param>
    /// <param name="width">Pixels per row, 1 to 65,535.</param>
    /// <param name="height">Rows, 1 to 65,535.</param>
    /// <param name="framesPerSecond">Above 0 to 100. Times are kept in hundredths of a second without drift; most viewers play no more than 50.</param>
    /// <param name="leaveOpen">Whether the stream stays open when the film ends.</param>
    /// <exception cref="ArgumentException">The stream cannot seek, or a number is out of range.</exception>
    public GifWriter(Stream stream, int width, int height, double framesPerSecond, bool leaveOpen = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, ushort.MaxValue);
        if (!(framesPerSecond is > 0 and <= 100))
        {
            throw new ArgumentOutOfRangeException(
                nameof(framesPerSecond),
                $"A GIF cannot play {framesPerSecond} pictures per second; choose above 0 to 100."
            );
        }
        if (!stream.CanSeek)
        {
            throw new ArgumentException(
                "The colours of a GIF are filled in at its end, so its stream must seek. Use a file.",
                nameof(stream)
            );
        }
        _stream = stream;
        _width = width;
        _height = height;
        _framesPerSecond = framesPerSecond;
        _leaveOpen = leaveOpen;
        _previous = new uint[width * height];
        _indices = new byte[width * height];
        Start = stream.Position;
        WriteHeader();
    }

    /// <inheritdoc/>
    public int Frames { get; private set; }

    private long Start { get; }

    /// <inheritdoc/>
    public void Add(ReadOnlySpan<byte> rgba)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (rgba.Length != _previous.Length * 4)
        {
            throw new ArgumentException(
                $"A picture of {_width} × {_height} has {_previous.Length * 4} bytes; {rgba.Length} were given.",
                nameof(rgba)
            );
        }
        ReadOnlySpan<uint> pixels = MemoryMarshal.Cast<byte, uint>(rgba);
        Rectangle changed = Frames == 0 ? new Rectangle(0, 0, _width, _height) : Changes(pixels);
        ColourTable table = Index(pixels, changed);
        WriteFrame(changed, table);
        pixels.CopyTo(_previous);
        Frames++;
    }

    /// <summary>Fills the common colours in and ends the film.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        _stream.WriteByte(0x3B);
        long end = _stream.Position;
        _stream.Position = Start + TableOffset;
        WriteTable(_common);
        _stream.Position = end;
        if (!_leaveOpen)
        {
            _stream.Dispose();
        }
    }

    private void WriteHeader()
    {
        Span<byte> header = stackalloc byte[TableOffset];
        "GIF89a"u8.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], (ushort)_width);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], (ushort)_height);
        header[10] = 0xF7; // a common table of 256 colours of 8 bits
        _stream.Write(header);
        WriteTable(_common); // empty for now
        _stream.Write([0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0]); // repeat for ever
    }

    private void WriteFrame(Rectangle changed, ColourTable table)
    {
        int delay = (int)(Math.Round((Frames + 1) * 100 / _framesPerSecond) - Math.Round(Frames * 100 / _framesPerSecond));
        Span<byte> control = [0x21, 0xF9, 4, 0x04 | 0x01, 0, 0, Transparent, 0]; // keep the picture, one colour is transparent
        BinaryPrimitives.WriteUInt16LittleEndian(control[4..], (ushort)Math.Min(delay, ushort.MaxValue));
        _stream.Write(control);

        Span<byte> descriptor = stackalloc byte[10];
        descriptor[0] = 0x2C;
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[1..], (ushort)changed.Left);
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[3..], (ushort)changed.Top);
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[5..], (ushort)changed.Width);
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor[7..], (ushort)changed.Height);
        descriptor[9] = (byte)(table == _common ? 0 : 0x87);
        _stream.Write(descriptor);
        if (table != _common)
        {
            WriteTable(table);
        }
        _encoder.Write(_stream, _indices.AsSpan(0, changed.Width * changed.Height));
    }

    private void WriteTable(ColourTable table)
    {
        Span<byte> bytes = stackalloc byte[TableSize * 3];
        bytes.Clear();
        for (int i = 0; i < table.Count; i++)
        {
            uint colour = table[i];
            bytes[3 * i] = (byte)colour;
            bytes[3 * i + 1] = (byte)(colour >> 8);
            bytes[3 * i + 2] = (byte)(colour >> 16);
        }
        _stream.Write(bytes);
    }

    private Rectangle Changes(ReadOnlySpan<uint> pixels)
    {
        int left = _width;
        int right = -1;
        int top = -1;
        int bottom = -1;
        for (int y = 0; y < _height; y++)
        {
            ReadOnlySpan<uint> now = pixels.Slice(y * _width, _width);
            ReadOnlySpan<uint> before = _previous.AsSpan(y * _width, _width);
            int first = now.CommonPrefixLength(before);
            if (first == _width)
            {
                continue;
            }
            int last = _width - 1;
            while (now[last] == before[last])
            {
                last--;
            }
            left = Math.Min(left, first);
            right = Math.Max(right, last);
            top = top < 0 ? y : top;
            bottom = y;
        }
        // A picture like the one before still takes its time: a single transparent pixel.
        return right < 0 ? new Rectangle(0, 0, 1, 1) : new Rectangle(left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>Writes the changed rectangle's colour numbers and returns the table they refer to.</summary>
    private ColourTable Index(ReadOnlySpan<uint> pixels, Rectangle changed)
    {
        int kept = _common.Count;
        if (TryIndex(pixels, changed, _common))
        {
            return _common;
        }
        _common.Shrink(kept); // this picture's colours are of no use there
        _own.Shrink(0);
        if (!TryIndex(pixels, changed, _own))
        {
            var reduction = new MedianCut(Gather(pixels, changed), Transparent);
            _own.Shrink(0);
            _own.Fill(reduction);
            TryIndex(pixels, changed, _own);
        }
        return _own;
    }

    private bool TryIndex(ReadOnlySpan<uint> pixels, Rectangle changed, ColourTable table)
    {
        int target = 0;
        uint latest = 0;
        int latestIndex = -1;
        for (int y = changed.Top; y < changed.Top + changed.Height; y++)
        {
            for (int i = y * _width + changed.Left; i < y * _width + changed.Left + changed.Width; i++)
            {
                uint pixel = pixels[i] | 0xFF000000;
                if (Frames > 0 && pixels[i] == _previous[i])
                {
                    _indices[target++] = Transparent;
                    continue;
                }
                if (pixel != latest || latestIndex < 0)
                {
                    latest = pixel;
                    latestIndex = table.IndexOf(pixel);
                    if (latestIndex < 0)
                    {
                        return false;
                    }
                }
                _indices[target++] = (byte)latestIndex;
            }
        }
        return true;
    }

    private Dictionary<uint, int> Gather(ReadOnlySpan<uint> pixels, Rectangle changed)
    {
        var counts = new Dictionary<uint, int>();
        for (int y = changed.Top; y < changed.Top + changed.Height; y++)
        {
            for (int i = y * _width + changed.Left; i < y * _width + changed.Left + changed.Width; i++)
            {
                if (Frames == 0 || pixels[i] != _previous[i])
                {
                    ref int count = ref CollectionsMarshal.GetValueRefOrAddDefault(counts, pixels[i] | 0xFF000000, out _);
                    count++;
                }
            }
        }
        return counts;
    }

    private readonly record struct Rectangle(int Left, int Top, int Width, int Height);
}
