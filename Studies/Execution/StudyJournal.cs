using System.Text;
using Protos.Foreign;
using Studies.Legs;
using Studies.Trials;

namespace Studies.Execution;

/// <summary>
/// What a study has decided and what came of it, one line of JSON each, flushed to the disk before anything follows from it. A study that was killed reads
/// it and goes on; a last line that was torn is cut off.
/// </summary>
internal sealed class StudyJournal : IDisposable
{
    /// <summary>Name of the file.</summary>
    public const string FileName = "study.jsonl";

    private const int Format = 1;
    private const int LargestFile = int.MaxValue / 2;

    private readonly FileStream _file;

    private StudyJournal(FileStream file, StudyState state)
    {
        _file = file;
        State = state;
    }

    /// <summary>What it says.</summary>
    public StudyState State { get; }

    /// <summary>Opens a journal, or begins one.</summary>
    /// <param name="folder">The study's folder, which the caller holds.</param>
    /// <exception cref="InvalidDataException">A line that is not the last one is damaged, or it is of another format.</exception>
    /// <exception cref="IOException">It cannot be read or written.</exception>
    public static StudyJournal Open(string folder)
    {
        string path = Path.Combine(folder, FileName);
        var state = new StudyState();
        long whole = File.Exists(path) ? Read(path, state) : 0;
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        try
        {
            file.SetLength(whole);
            file.Seek(0, SeekOrigin.End);
            var journal = new StudyJournal(file, state);
            if (whole == 0)
            {
                journal.Append(new StudyEvent { Format = Format });
            }
            return journal;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads a journal that somebody else may be writing.</summary>
    /// <exception cref="InvalidDataException">A line that is not the last one is damaged.</exception>
    public static StudyState ReadState(string folder)
    {
        var state = new StudyState();
        Read(Path.Combine(folder, FileName), state);
        return state;
    }

    /// <summary>Writes that a leg begins.</summary>
    public void Begin(Leg leg)
    {
        Append(new StudyEvent { Begin = leg });
        State.Begin(leg);
    }

    /// <summary>Writes that a leg ended.</summary>
    public void End(int number, LegResult result)
    {
        Append(new StudyEvent { End = number, Result = result });
        State.End(number, result);
    }

    /// <summary>Writes that whoever trained a leg was lost.</summary>
    public void Lose(int number)
    {
        Append(new StudyEvent { Lost = number });
        State.Lose(number);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    // A line that could not be written whole is taken back, so that the next one does not begin in its middle.
    private void Append(StudyEvent line)
    {
        long before = _file.Position;
        try
        {
            _file.Write(Encoding.UTF8.GetBytes(LegMessages.Write(line) + "\n"));
            _file.Flush(flushToDisk: true);
        }
        catch (Exception exception) when (DiskFailure.IsOne(exception))
        {
            try
            {
                _file.SetLength(before);
            }
            catch (Exception again) when (DiskFailure.IsOne(again))
            {
                // Reading cuts off a torn line.
            }
            throw;
        }
    }

    // The length of what is whole.
    private static long Read(string path, StudyState state)
    {
        string text = PlainFile.ReadText(path, LargestFile);
        long whole = 0;
        int number = 0;
        for (int at = 0; text.IndexOf('\n', at) is var end and >= 0; at = end + 1)
        {
            string line = text[at..end];
            number++;
            try
            {
                Apply(LegMessages.Read<StudyEvent>(line), state);
            }
            catch (InvalidDataException exception)
            {
                throw new InvalidDataException(
                    $"'{path}', line {number}, is damaged ({ForeignText.Show(exception.Message)}). Put the folder back from a copy, or choose another --out to begin anew.",
                    exception
                );
            }
            whole += Encoding.UTF8.GetByteCount(line) + 1;
        }
        return whole;
    }

    private static void Apply(StudyEvent line, StudyState state)
    {
        switch (line)
        {
            case { Format: Format }:
                break;
            case { Lost: { } lost }:
                state.Lose(lost);
                break;
            case { Format: { } other }:
                throw new InvalidDataException($"its format is {other}, and this version reads {Format}");
            case { Begin: { } leg }:
                state.Begin(leg);
                break;
            case { End: { } ended, Result: { } result }:
                state.End(ended, result);
                break;
            default:
                throw new InvalidDataException("it says nothing");
        }
    }
}
