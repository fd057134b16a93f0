using System.Buffers.Binary;
using System.Security.Cryptography;
using Protos.Fleet;

namespace Fleet.Admission;

/// <summary>Whose an actor's name is: of whoever said hello under it last, and can show it again.</summary>
/// <remarks>What shows it is the hello's secret; of actors of earlier releases, which have none, the incarnation, which nobody else is told.</remarks>
internal sealed class NameHolder(Hello hello)
{
    /// <summary>Fewest bytes of a secret.</summary>
    public const int MinSecret = 16;

    /// <summary>Most bytes of a secret.</summary>
    public const int MaxSecret = 64;

    private readonly byte[] _proof = ProofOf(hello);

    /// <summary>Whether a hello is of the holder.</summary>
    public bool Is(Hello hello) => CryptographicOperations.FixedTimeEquals(ProofOf(hello), _proof);

    // Secrets are longer than an incarnation, so neither can stand for the other.
    private static byte[] ProofOf(Hello hello)
    {
        if (!hello.Secret.IsEmpty)
        {
            return SHA256.HashData(hello.Secret.Span);
        }
        Span<byte> incarnation = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(incarnation, hello.Incarnation);
        return SHA256.HashData(incarnation);
    }
}
