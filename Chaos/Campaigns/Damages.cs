using Environments.Randomness;

namespace Chaos.Campaigns;

/// <summary>What campaigns do to messages.</summary>
internal static class Damages
{
    private const int Front = 40;

    /// <summary>Overwrites a few bytes; half of the damage strikes the front, where the sizes are.</summary>
    public static byte[] Strike(byte[] bytes, ref Pcg64 random)
    {
        int front = Math.Min(bytes.Length, Front);
        for (int i = random.NextInt(1, 9); i > 0 && front > 0; i--)
        {
            bytes[random.NextInt(0, random.NextInt(0, 2) == 0 ? front : bytes.Length)] = (byte)random.NextInt(0, 256);
        }
        return bytes;
    }

    /// <summary>Random bytes.</summary>
    public static byte[] Noise(int count, ref Pcg64 random)
    {
        var bytes = new byte[count];
        for (int i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)random.NextInt(0, 256);
        }
        return bytes;
    }
}
