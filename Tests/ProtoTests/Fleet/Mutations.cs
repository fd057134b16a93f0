using Environments.Randomness;

namespace Tests.ProtoTests.Fleet;

/// <summary>Valid messages with something wrong.</summary>
internal static class Mutations
{
    private static readonly byte[] Telling = [0, 1, 0x7F, 0x80, 0xFF];

    /// <summary>A message with one to four changes.</summary>
    /// <param name="message">A valid one.</param>
    /// <param name="other">Another, of which parts are spliced in.</param>
    /// <param name="random">Stream of the changes.</param>
    public static byte[] Mutate(byte[] message, byte[] other, ref Pcg64 random)
    {
        byte[] mutant = message;
        for (int changes = random.NextInt(1, 5); changes > 0; changes--)
        {
            mutant = MutateOnce(mutant, other, ref random);
        }
        return mutant;
    }

    /// <summary>Bytes of chance alone.</summary>
    public static byte[] Noise(ref Pcg64 random)
    {
        var bytes = new byte[random.NextInt(0, 300)];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)random.NextUInt32();
        }
        return bytes;
    }

    private static byte[] MutateOnce(byte[] message, byte[] other, ref Pcg64 random)
    {
        if (message.Length == 0)
        {
            return [(byte)random.NextUInt32()];
        }
        // Tags, sizes and lengths are at the beginning: half of the changes hit them.
        int reach = random.NextDouble() < 0.5 ? Math.Min(message.Length, 48) : message.Length;
        int place = random.NextInt(0, reach);
        int length = random.NextInt(1, 1 + Math.Min(16, message.Length - place));
        byte[] copy = [.. message];
        switch (random.NextInt(0, 8))
        {
            case 0:
                copy[place] ^= (byte)(1 << random.NextInt(0, 8));
                return copy;
            case 1:
                copy[place] = (byte)random.NextUInt32();
                return copy;
            case 2:
                copy[place] = Telling[random.NextInt(0, Telling.Length)];
                return copy;
            case 3: // cut off
                return copy[..place];
            case 4: // left out
                return [.. copy[..place], .. copy[(place + length)..]];
            case 5: // twice
                return [.. copy[..(place + length)], .. copy[place..]];
            case 6: // numbers as large as they come
                copy.AsSpan(place, length).Fill(0xFF);
                return copy;
            default: // of another message
                return [.. copy[..place], .. other[random.NextInt(0, other.Length)..]];
        }
    }
}
