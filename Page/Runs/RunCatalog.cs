using System.Collections.Frozen;
using Learners.Runs;
using Protos.Foreign;
using Studies;

namespace Page.Runs;

/// <summary>All runs below a folder, as they were when they were last looked at. Readers get a list that no longer changes. Thread-safe.</summary>
internal sealed class RunCatalog
{
    // Runs that nobody trains change seldom; looking at a thousand of them costs some milliseconds.
    private const int QuietLooks = 5;

    private readonly string _root;
    private readonly RunDiscovery _discovery;
    private readonly ExperimentTable _experiments = new();
    private readonly RunReader _reader;
    private readonly object _lock = new();
    private Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private volatile FrozenDictionary<string, Run> _runs = FrozenDictionary<string, Run>.Empty;
    private int _looks;

    /// <summary>The runs of a folder; nothing is read yet.</summary>
    /// <param name="root">The folder; it may be missing as yet.</param>
    public RunCatalog(string root)
    {
        _root = RealPath.Of(root);
        _discovery = new RunDiscovery(_root);
        _reader = new RunReader(_experiments);
    }

    /// <summary>The folder of all runs, in full.</summary>
    public string Root => _root;

    /// <summary>Runs by id.</summary>
    public FrozenDictionary<string, Run> Runs => _runs;

    /// <summary>Looks at the folder again.</summary>
    /// <returns>What is new.</returns>
    public RunChanges Refresh()
    {
        lock (_lock)
        {
            var held = HeldLocks.Read();
            bool looksAtAll = _looks++ % QuietLooks == 0;
            var entries = new Dictionary<string, Entry>(_entries.Count, StringComparer.Ordinal);
            var changed = new List<Run>();
            foreach (string folder in _discovery.Find())
            {
                Entry? former = _entries.GetValueOrDefault(folder);
                Entry now = LookSafely(folder, former, held, looksAtAll);
                entries[folder] = now;
                if (now.Run != former?.Run)
                {
                    changed.Add(now.Run);
                }
            }
            string[] removed = [.. _entries.Where(pair => !entries.ContainsKey(pair.Key)).Select(pair => pair.Value.Run.Id)];
            if (changed.Count > 0 || removed.Length > 0)
            {
                _experiments.Keep([.. entries.Values.Select(entry => entry.Run.Experiment).OfType<Experiment>()]);
                _runs = entries.Values.ToFrozenDictionary(entry => entry.Run.Id, entry => entry.Run);
            }
            _entries = entries;
            return new RunChanges(changed, removed);
        }
    }

    // A folder that nobody foresaw is a damaged run; it ends neither the page nor the others.
    private Entry LookSafely(string folder, Entry? former, HeldLocks held, bool looksAtAll)
    {
        try
        {
            return Look(folder, former, held, looksAtAll);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            string name = NameOf(folder);
            var run = new Run
            {
                Id = ShortHash.Of(name),
                Folder = folder,
                Name = name,
                State = RunState.Damaged,
                Reason = $"It cannot be looked at: {ForeignText.Show(exception.Message)}",
            };
            return new Entry(default, run);
        }
    }

    private Entry Look(string folder, Entry? former, HeldLocks held, bool looksAtAll)
    {
        int holder = Math.Max(
            held.HolderOf(Path.Combine(folder, RunFolder.LockName)),
            held.HolderOf(Path.Combine(folder, Study.LockName))
        );
        bool isLively = former is null || holder != former.Run.Process || former.Run.State == RunState.Training;
        if (!isLively && !looksAtAll)
        {
            return former!;
        }
        FolderFiles files = FolderFiles.Of(folder);
        bool isSame =
            former is not null
            && files == former.Files
            && holder == former.Run.Process
            && former.Run.State switch
            {
                RunState.Training => holder != 0,
                RunState.Finished or RunState.Stopped or RunState.Dead => true,
                RunState.Damaged => !looksAtAll, // rights can have changed, which no file tells
            };
        if (isSame)
        {
            return former!;
        }
        bool keepsSettings = former is not null && files.Config == former.Files.Config;
        return new Entry(files, _reader.Read(folder, NameOf(folder), files, holder, keepsSettings ? former!.Run : null));
    }

    private string NameOf(string folder)
    {
        string name = Path.GetRelativePath(_root, folder).Replace(Path.DirectorySeparatorChar, '/');
        return name == "." ? Path.GetFileName(_root) : name;
    }

    private sealed record Entry(FolderFiles Files, Run Run);
}
