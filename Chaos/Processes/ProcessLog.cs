namespace Chaos.Processes;

/// <summary>Lines of processes, in a file and counted by what they begin with. Thread-safe. Owns the file.</summary>
internal sealed class ProcessLog(string path) : IDisposable
{
    private const int Kept = 20;
    private static readonly string[] Complaints = ["fail:", "crit:", "error:", "Unhandled exception"];

    private readonly StreamWriter _file = new(path) { AutoFlush = true };
    private readonly Dictionary<string, int> _counts = [];
    private readonly List<string> _errors = [];

    /// <summary>Lines that speak of an error.</summary>
    public int Errors { get; private set; }

    /// <summary>Path of the file.</summary>
    public string Path => path;

    /// <summary>The first lines that speak of an error.</summary>
    public IReadOnlyList<string> FirstErrors
    {
        get
        {
            lock (_file)
            {
                return [.. _errors];
            }
        }
    }

    /// <summary>Counts lines that contain a text, from now on.</summary>
    public void Watch(string text)
    {
        lock (_file)
        {
            _counts[text] = 0;
        }
    }

    /// <summary>Lines so far that contained a watched text.</summary>
    public int Count(string text)
    {
        lock (_file)
        {
            return _counts[text];
        }
    }

    /// <summary>Adds a line.</summary>
    public void Add(string line)
    {
        lock (_file)
        {
            _file.WriteLine(line);
            foreach (string text in _counts.Keys.Where(text => line.Contains(text, StringComparison.Ordinal)).ToArray())
            {
                _counts[text]++;
            }
            // Sending an actor away is the learner's work, not an error of it.
            if (
                !line.Contains("is quarantined", StringComparison.Ordinal)
                && Complaints.Any(complaint => line.StartsWith(complaint, StringComparison.Ordinal))
            )
            {
                Errors++;
                if (_errors.Count < Kept)
                {
                    _errors.Add(line);
                }
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_file)
        {
            _file.Dispose();
        }
    }
}
