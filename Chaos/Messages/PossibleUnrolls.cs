using System.Buffers;
using Environments;
using Environments.Spaces;
using Fleet.Journal;
using Protos;
using Protos.Fleet;

namespace Chaos.Messages;

/// <summary>What unrolls of an environment may hold, told number by number and without the code that a learner checks them with.</summary>
internal sealed class PossibleUnrolls(EnvironmentSpec spec)
{
    private const double LargestReward = 1e8;
    private const double LargestObservation = 1.001e15;
    private const double Rounding = 1.1e-4;
    private const long MostUpdates = 1L << 53;

    /// <summary>Whether an unroll could come from an honest actor.</summary>
    public bool Contains(Unroll unroll)
    {
        int size = spec.ObservationSpace.Size;
        float[] rows = unroll.Observations.Read(unroll.EpisodeStarts);
        for (int i = 0; i < rows.Length; i += size)
        {
            if (!IsObservation(rows.AsSpan(i, size)))
            {
                return false;
            }
        }
        var final = new float[size];
        for (int i = 0; i < unroll.FinalRows.Count; i++)
        {
            unroll.ReadFinalObservation(i, final);
            if (!IsObservation(final))
            {
                return false;
            }
        }
        for (int row = 0; row < unroll.Rewards.Length; row++)
        {
            if (
                !(Math.Abs(unroll.Rewards[row]) <= LargestReward)
                || !(unroll.BehaviourLogProbs[row] is <= 1e-3f and >= -1_000)
                || !spec.ActionSpace.Contains(unroll.Actions.AsSpan(row, 1))
            )
            {
                return false;
            }
        }
        return unroll.Header.ParameterVersion is >= 0 and <= MostUpdates;
    }

    /// <summary>Counts the unrolls of a journal, and those among them that are impossible or out of their order.</summary>
    /// <param name="folder">Its folder.</param>
    public (long Unrolls, long Impossible) Count(string folder)
    {
        var pool = new UnrollPool(_ => null, capacity: 4);
        var next = new Dictionary<(string, long), long>();
        long unrolls = 0;
        long impossible = 0;
        foreach (JournalEntry entry in JournalReader.ReadAll(folder, (_, _) => impossible++))
        {
            unrolls++;
            Unroll? unroll = UnrollReader.Read(new ReadOnlySequence<byte>(entry.Message), pool, out _);
            (string, long) key = (entry.Header.ActorId, entry.Header.Incarnation);
            bool isNew = entry.Header.SequenceNumber >= next.GetValueOrDefault(key);
            next[key] = entry.Header.SequenceNumber + 1;
            impossible += unroll is not null && isNew && Contains(unroll) ? 0 : 1;
            if (unroll is not null)
            {
                pool.Return(unroll);
            }
        }
        return (unrolls, impossible);
    }

    private bool IsObservation(ReadOnlySpan<float> row)
    {
        var box = (Box)spec.ObservationSpace;
        for (int i = 0; i < row.Length; i++)
        {
            double slack = Rounding * Math.Max(1, Math.Max(Math.Abs(box.Low[i]), Math.Abs(box.High[i])));
            bool inside =
                float.IsFinite(box.Low[i]) && float.IsFinite(box.High[i])
                    ? row[i] >= box.Low[i] - slack && row[i] <= box.High[i] + slack
                    : Math.Abs(row[i]) <= LargestObservation;
            if (!inside)
            {
                return false;
            }
        }
        return true;
    }
}
