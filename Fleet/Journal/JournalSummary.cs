using System.Buffers;
using Protos;
using Protos.Fleet;

namespace Fleet.Journal;

/// <summary>What a journal holds, for people and as a first look at it as a data set.</summary>
internal sealed record JournalSummary
{
    /// <summary>Files.</summary>
    public int Segments { get; private set; }

    /// <summary>Bytes of all files.</summary>
    public long Bytes { get; private set; }

    /// <summary>Whole unrolls.</summary>
    public long Unrolls { get; private set; }

    /// <summary>Environment steps in them.</summary>
    public long Steps { get; private set; }

    /// <summary>Episodes that ended in them.</summary>
    public long Episodes { get; private set; }

    /// <summary>Mean return of those; not a number where there are none.</summary>
    public double MeanReturn { get; private set; } = double.NaN;

    /// <summary>Environment ids.</summary>
    public SortedSet<string> Environments { get; } = new(StringComparer.Ordinal);

    /// <summary>Actors.</summary>
    public SortedSet<string> Actors { get; } = new(StringComparer.Ordinal);

    /// <summary>Lowest and highest parameter version.</summary>
    public (long First, long Last) ParameterVersions { get; private set; } = (long.MaxValue, 0);

    /// <summary>When the first and the last one were received.</summary>
    public (DateTimeOffset First, DateTimeOffset Last) Received { get; private set; } = (DateTimeOffset.MaxValue, default);

    /// <summary>Ends of segments that are no whole records, and unrolls that cannot be read.</summary>
    public List<string> Damages { get; } = [];

    /// <summary>Reads a journal.</summary>
    /// <param name="path">Its folder, or one segment.</param>
    public static JournalSummary Read(string path)
    {
        var summary = new JournalSummary();
        var pool = new UnrollPool(_ => null, capacity: 1);
        double sum = 0;
        IEnumerable<(long Number, string Path)> segments = File.Exists(path) ? [(0, path)] : JournalReader.List(path);
        foreach ((long number, string file) in segments)
        {
            summary.Segments++;
            summary.Bytes += new FileInfo(file).Length;
            string name = Path.GetFileName(file);
            foreach (JournalEntry entry in JournalReader.Read(file, number, reason => summary.Damages.Add($"{name}: {reason}")))
            {
                Unroll? unroll = UnrollReader.Read(new ReadOnlySequence<byte>(entry.Message), pool, out string? defect);
                if (unroll is null)
                {
                    summary.Damages.Add($"{name}: unroll {entry.Header.SequenceNumber} of {entry.Header.ActorId}: {defect}");
                    continue;
                }
                summary.Add(entry, unroll);
                sum += unroll.Episodes.Sum(episode => episode.Return);
                pool.Return(unroll);
            }
        }
        summary.MeanReturn = summary.Episodes == 0 ? double.NaN : sum / summary.Episodes;
        return summary;
    }

    private void Add(in JournalEntry entry, Unroll unroll)
    {
        Unrolls++;
        Steps += unroll.Steps * unroll.Copies;
        Episodes += unroll.Episodes.Count;
        Environments.Add(entry.Header.EnvironmentId);
        Actors.Add(entry.Header.ActorId);
        long version = entry.Header.ParameterVersion;
        ParameterVersions = (Math.Min(ParameterVersions.First, version), Math.Max(ParameterVersions.Last, version));
        Received = (
            entry.Received < Received.First ? entry.Received : Received.First,
            entry.Received > Received.Last ? entry.Received : Received.Last
        );
    }
}
