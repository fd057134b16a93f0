using System.Text;
using Environments.Randomness;
using Google.Protobuf;
using Protos.Serving;

namespace Learners.Fleet.Chaos.Bodies;

/// <summary>Bodies and messages that no caller of a policy sends, up to 28 MB of them.</summary>
internal sealed class HostileBodies(ulong seed)
{
    private const int Large = 28 << 20;
    private const int Medium = 400 << 10;

    private static readonly (string Beginning, string Part)[] Kinds =
    [
        ("{\"", "k"), // one long key
        ("{\"observations\":[", "[],"),
        ("{\"observations\":[", "[0,0,0,0],"),
        ("{\"observations\":[[", "0,"),
        ("{\"observations\":[[", "9"), // one long number
        ("{\"observations\":\"", "text"),
        ("{\"observations\":", "["),
        ("", "{\"a\":"),
        ("{\"episode_starts\":[", "true,"),
        ("{\"core_state\":[", "[],"),
        ("{\"sample\":true,", " "),
        ("", "\0"),
    ];

    private static readonly byte[] Zeros = new byte[Large];
    private readonly object _lock = new();
    private Pcg64 _random = new(seed);

    /// <summary>A body for <c>POST /v1/act</c>.</summary>
    public HttpContent Body()
    {
        (string beginning, string part) = Kinds[Next(Kinds.Length)];
        long length = Next(3) == 0 ? Medium : Large;
        return new RepeatedContent(Encoding.UTF8.GetBytes(beginning), Encoding.UTF8.GetBytes(part), length, Next(2) == 0);
    }

    /// <summary>A message for <c>Act</c>.</summary>
    public byte[] Message()
    {
        int length = Next(3) == 0 ? Medium : Large;
        switch (Next(6))
        {
            case 0:
                return Field(ActRequest.ObservationsFieldNumber, length);
            case 1:
                return Field(ActRequest.EpisodeStartsFieldNumber, length);
            case 2:
                return Field(ActRequest.CoreStateFieldNumber, length);
            case 3:
                return Field(15, length); // of nobody's version
            case 4:
                return Field(ActRequest.ObservationsFieldNumber, 64)[..^Next(32)];
            default:
                lock (_lock)
                {
                    return Damages.Noise(4_096, ref _random);
                }
        }
    }

    private int Next(int count)
    {
        lock (_lock)
        {
            return _random.NextInt(0, count);
        }
    }

    private static byte[] Field(int number, int length)
    {
        var tag = new byte[16];
        using var output = new CodedOutputStream(tag);
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteLength(length);
        output.Flush();
        return [.. tag.AsSpan(0, (int)output.Position), .. Zeros.AsSpan(0, length)];
    }
}
