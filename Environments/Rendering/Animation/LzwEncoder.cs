namespace Environments.Rendering.Animation;

/// <summary>Variable-length-code LZW as GIF wants it, over bytes, in blocks of up to 255. Reuses its dictionary.</summary>
internal sealed class LzwEncoder
{
    private const int Clear = 256;
    private const int End = 257;
    private const int Codes = 4096;
    private const int Slots = 16_384; // a power of two well above the number of codes, so that probes stay short

    private readonly int[] _keys = new int[Slots]; // (prefix << 8 | next byte) + 1, 0 where empty
    private readonly short[] _codes = new short[Slots];
    private readonly byte[] _block = new byte[256]; // its length first
    private int _blockLength;
    private uint _bits;
    private int _bitCount;

    /// <summary>Writes one image's data: minimum code size, blocks, terminator.</summary>
    public void Write(Stream stream, ReadOnlySpan<byte> indices)
    {
        stream.WriteByte(8);
        _blockLength = 0;
        _bits = 0;
        _bitCount = 0;
        int next = Restart();
        int size = 9;
        Put(stream, Clear, size);
        int prefix = indices[0];
        foreach (byte value in indices[1..])
        {
            int key = (prefix << 8 | value) + 1;
            int slot = Find(key);
            if (_keys[slot] == key)
            {
                prefix = _codes[slot];
                continue;
            }
            Put(stream, prefix, size);
            prefix = value;
            if (next == Codes)
            {
                Put(stream, Clear, size);
                next = Restart();
                size = 9;
                continue;
            }
            _keys[slot] = key;
            _codes[slot] = (short)next;
            if (next == 1 << size)
            {
                size++; // the reader's dictionary is one entry behind
            }
            next++;
        }
        Put(stream, prefix, size);
        // The reader adds an entry for that code, too, and may widen its codes for the last one.
        if (next == 1 << size && size < 12)
        {
            size++;
        }
        Put(stream, End, size);
        if (_bitCount > 0)
        {
            Put(stream, 0, 8 - _bitCount % 8);
        }
        FlushBlock(stream);
        stream.WriteByte(0);
    }

    private int Restart()
    {
        Array.Clear(_keys);
        return End + 1;
    }

    private int Find(int key)
    {
        int slot = (int)((uint)key * 2654435769u >> 18);
        while (_keys[slot] != 0 && _keys[slot] != key)
        {
            slot = (slot + 1) & (Slots - 1);
        }
        return slot;
    }

    private void Put(Stream stream, int code, int size)
    {
        _bits |= (uint)code << _bitCount;
        _bitCount += size;
        while (_bitCount >= 8)
        {
            _block[++_blockLength] = (byte)_bits;
            _bits >>= 8;
            _bitCount -= 8;
            if (_blockLength == 255)
            {
                FlushBlock(stream);
            }
        }
    }

    private void FlushBlock(Stream stream)
    {
        if (_blockLength > 0)
        {
            _block[0] = (byte)_blockLength;
            stream.Write(_block, 0, _blockLength + 1);
            _blockLength = 0;
        }
    }
}
