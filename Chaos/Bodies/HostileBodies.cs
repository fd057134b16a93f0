using System.Text;
using Chaos.Campaigns;
using Environments.Randomness;
using Google.Protobuf;
using Protos.Serving;

namespace Chaos.Bodies;

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
        ("{\"observation\":\"", "AAAA"), // one long text of Base64
        ("{\"observation\":", "["),
        ("{\"observation\":{", "\"a\":1,"),
        ("{\"sample\":true,", " "),
        ("", "\0"),
    ];

    // Made once: a sender that collects garbage of this size would slow down those whose calls are timed beside it.
    private static readonly byte[][] Messages =
    [
        Field(ActRequest.ObservationsFieldNumber, Large),
        Field(ActRequest.EpisodeStartsFieldNumber, Large),
        Field(ActRequest.CoreStateFieldNumber, Large),
        Field(15, Large), // of nobody's version
        Field(ActRequest.ObservationsFieldNumber, Medium),
        Field(ActRequest.EpisodeStartsFieldNumber, Medium),
        Field(ActRequest.CoreStateFieldNumber, Medium),
    ];

    private readonly object _lock = new();
    private Pcg64 _random = new(seed);

    /// <summary>A pause of up to a time.</summary>
    public TimeSpan Pause(TimeSpan longest) => longest * (Next(1_000) / 1_000.0);

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
        int kind = Next(Messages.Length + 2);
        if (kind < Messages.Length)
        {
            return Messages[kind];
        }
        lock (_lock)
        {
            return kind == Messages.Length
                ? Field(ActRequest.ObservationsFieldNumber, 64)[..^_random.NextInt(1, 33)]
                : Damages.Noise(4_096, ref _random);
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
        return [.. tag.AsSpan(0, (int)output.Position), .. new byte[length]];
    }
}
