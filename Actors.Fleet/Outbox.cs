using System.Security.Cryptography;
using Protos;

namespace Actors.Fleet;

/// <summary>The unrolls of one incarnation of an actor's environments that the learner has yet to acknowledge, oldest first, and those to be filled again.</summary>
/// <param name="acknowledged">Told the incarnation and number of each unroll that is acknowledged; null for nobody.</param>
internal sealed class Outbox(Action<long, long>? acknowledged)
{
    private readonly Queue<Unroll> _waiting = new();
    private readonly Stack<Unroll> _free = new();

    /// <summary>Tells the incarnation from any other.</summary>
    public long Incarnation { get; private set; } = NewIncarnation();

    /// <summary>Number after the highest one that it has recorded.</summary>
    public long NextSequenceNumber { get; private set; }

    /// <summary>Unrolls that wait, oldest first.</summary>
    public IReadOnlyCollection<Unroll> Waiting => _waiting;

    /// <summary>Unrolls that were acknowledged, of all incarnations.</summary>
    public long Unrolls { get; private set; }

    /// <summary>Environment steps in them.</summary>
    public long Steps { get; private set; }

    /// <summary>An unroll to be filled.</summary>
    public Unroll Rent(UnrollShape shape) => _free.TryPop(out Unroll? free) ? free : new Unroll(shape);

    /// <summary>Keeps the next unroll.</summary>
    public void Add(Unroll unroll)
    {
        NextSequenceNumber = unroll.Header.SequenceNumber + 1;
        _waiting.Enqueue(unroll);
    }

    /// <summary>Lets go of what the learner has made safe.</summary>
    /// <param name="next">Number after the highest one of them.</param>
    public void Acknowledge(long next)
    {
        while (_waiting.TryPeek(out Unroll? oldest) && oldest.Header.SequenceNumber < next)
        {
            _waiting.Dequeue();
            _free.Push(oldest);
            Unrolls++;
            Steps += oldest.Steps * oldest.Copies;
            acknowledged?.Invoke(oldest.Header.Incarnation, oldest.Header.SequenceNumber);
        }
    }

    /// <summary>Begins a new incarnation; what still waits is not sent any more.</summary>
    public void BeginIncarnation()
    {
        Incarnation = NewIncarnation();
        NextSequenceNumber = 0;
        _waiting.Clear();
        _free.Clear();
    }

    // Identity, not chance: it must differ from those of earlier processes, whatever the seed is.
    private static long NewIncarnation() =>
        (long)RandomNumberGenerator.GetInt32(1, int.MaxValue) << 31 | (uint)RandomNumberGenerator.GetInt32(int.MaxValue);
}
