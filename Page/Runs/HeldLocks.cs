using System.Globalization;
using Learners.Runs;
using Studies;

namespace Page.Runs;

/// <summary>Which processes of this machine hold which runs, by the system's own list of locks, which is only read: nobody's lock is touched.</summary>
/// <remarks>Known on Linux, for processes whose files this one may see. What is not found here may still be held.</remarks>
internal sealed class HeldLocks
{
    private const string List = "/proc/locks";

    private readonly Dictionary<string, int> _holders;

    private HeldLocks(Dictionary<string, int> holders) => _holders = holders;

    /// <summary>The holder of a lock file; 0 where none is found.</summary>
    /// <param name="path">The file, in full.</param>
    public int HolderOf(string path) => _holders.GetValueOrDefault(path);

    /// <summary>Looks once.</summary>
    public static HeldLocks Read()
    {
        var holders = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (int process in Processes())
        {
            foreach (string path in OpenFiles(process))
            {
                if (Path.GetFileName(path) is RunFolder.LockName or Study.LockName)
                {
                    holders.TryAdd(path, process);
                }
            }
        }
        return new HeldLocks(holders);
    }

    // A line is "1: FLOCK  ADVISORY  WRITE 3676 fe:00:11717011 0 EOF"; one that waits for a lock has an arrow behind its number.
    private static HashSet<int> Processes()
    {
        var found = new HashSet<int>();
        if (!OperatingSystem.IsLinux())
        {
            return found;
        }
        try
        {
            foreach (string line in File.ReadLines(List))
            {
                string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
                if (
                    words is [_, "FLOCK", _, "WRITE", var id, ..]
                    && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out int process)
                    && process != Environment.ProcessId
                )
                {
                    found.Add(process);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Then nothing is known, and locks are tried one by one.
        }
        return found;
    }

    private static IEnumerable<string> OpenFiles(int process)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/fd");
        string[] links;
        try
        {
            links = Directory.GetFiles(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            yield break;
        }
        foreach (string link in links)
        {
            string? target;
            try
            {
                target = File.ResolveLinkTarget(link, returnFinalTarget: false)?.FullName;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            if (target is not null)
            {
                yield return target;
            }
        }
    }
}
