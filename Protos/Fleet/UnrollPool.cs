using System.Collections.Concurrent;

namespace Protos.Fleet;

/// <summary>Unrolls that wait to be filled again, and the rule that says which ones anybody may ask for. Thread-safe.</summary>
/// <param name="refusal">Why unrolls of a shape are not wanted, in words for people; null where they are. Asked before memory is taken.</param>
/// <param name="capacity">Unrolls kept; what comes back beyond them is left to the collector.</param>
internal sealed class UnrollPool(Func<UnrollShape, string?> refusal, int capacity = 64)
{
    private readonly ConcurrentQueue<Unroll> _free = new();

    /// <summary>Why unrolls of a shape are not wanted; null where they are.</summary>
    public string? Refusal(UnrollShape shape) => refusal(shape);

    /// <summary>An unroll of a shape, with old contents.</summary>
    public Unroll Rent(UnrollShape shape)
    {
        for (int i = _free.Count; i > 0 && _free.TryDequeue(out Unroll? unroll); i--)
        {
            if (unroll.Shape == shape)
            {
                return unroll;
            }
            _free.Enqueue(unroll); // actors of other sizes share the pool
        }
        return new Unroll(shape);
    }

    /// <summary>Takes an unroll that nobody reads any more.</summary>
    public void Return(Unroll unroll)
    {
        if (_free.Count < capacity)
        {
            _free.Enqueue(unroll);
        }
    }
}
