using System.Runtime.CompilerServices;
using Grpc.Core;
using Studies.Cluster.Queue;

namespace Studies.Cluster.Transfer;

/// <summary>What both ends of the workers' port agree on.</summary>
internal static class TransferStatus
{
    /// <summary>Largest message, in bytes: a piece, or an order.</summary>
    public const int MaxMessageSize = 2 << 20;

    /// <summary>A held leg as a message.</summary>
    public static Held Write(LegKey key) =>
        new()
        {
            Study = key.Study,
            Leg = key.Leg,
            Epoch = key.Epoch,
        };

    /// <summary>A held leg from a message.</summary>
    public static LegKey Read(Held? held) => held is null ? default : new LegKey(held.Study, held.Leg, held.Epoch);

    /// <summary>What a stream brings.</summary>
    public static async IAsyncEnumerable<Piece> ReadAllAsync(
        IAsyncStreamReader<Piece> pieces,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        while (await pieces.MoveNext(cancellationToken).ConfigureAwait(false))
        {
            yield return pieces.Current;
        }
    }
}
