using System.Globalization;
using System.Text;
using Protos;

namespace Fleet.Batches;

/// <summary>Lists every unroll that was learned from, for those who want to count: <c>actor incarnation number</c>, one a line.</summary>
/// <remarks>
/// Lines are written together with a checkpoint, after a line that names its step, and what follows the checkpoint that a run continues from is
/// dropped. So the file says what the parameters have really learned from, however often the learner was killed.
/// </remarks>
internal sealed class TrainingAudit(string path)
{
    private const string Mark = "# checkpoint ";
    private readonly List<string> _lines = [];
    private long _checkpoints;

    /// <summary>Notes an unroll.</summary>
    public void Add(UnrollHeader header) =>
        _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{header.ActorId} {header.Incarnation} {header.SequenceNumber}"));

    /// <summary>Writes what was noted, as part of a checkpoint.</summary>
    /// <returns>Number of the checkpoint, which its state keeps.</returns>
    public long Save()
    {
        _checkpoints++;
        _lines.Add(Mark + _checkpoints.ToString(CultureInfo.InvariantCulture) + "\n");
        using var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, bufferSize: 0);
        long whole = file.Seek(0, SeekOrigin.End);
        try
        {
            file.Write(Encoding.ASCII.GetBytes(string.Join('\n', _lines)));
        }
        catch
        {
            // A torn line would spoil the count; these lines are written with the next checkpoint.
            _lines.RemoveAt(_lines.Count - 1);
            file.SetLength(whole);
            throw;
        }
        _lines.Clear();
        return _checkpoints;
    }

    /// <summary>Drops what follows the checkpoint that the run continues from.</summary>
    public void Load(long checkpoint)
    {
        _checkpoints = checkpoint;
        if (!File.Exists(path))
        {
            return;
        }
        string mark = Mark + checkpoint.ToString(CultureInfo.InvariantCulture);
        List<string> kept = [];
        List<string> pending = [];
        foreach (string line in File.ReadLines(path))
        {
            pending.Add(line);
            if (line.StartsWith(Mark, StringComparison.Ordinal))
            {
                kept.AddRange(pending);
                pending.Clear();
            }
            if (line == mark)
            {
                break;
            }
        }
        File.WriteAllLines(path, checkpoint == 0 ? [] : kept);
    }
}
