namespace Learners.Runs;

/// <summary>Notices what somebody else deletes from a run's folder while the run goes on, so that nothing is called saved that is gone.</summary>
internal sealed class RunRemains
{
    private readonly Dictionary<string, string> _expected = [];
    private readonly List<string> _lost = [];

    /// <summary>What was lost so far, in words.</summary>
    public IReadOnlyList<string> Lost => _lost;

    /// <summary>Notes that a file or folder is there from now on.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="what">What it holds, in words.</param>
    public void Expect(string path, string what)
    {
        if (Path.Exists(path))
        {
            _expected[path] = what;
        }
    }

    /// <summary>Looks for all that should be there.</summary>
    /// <returns>Paths of what is missing since the last look; each is told once.</returns>
    public IReadOnlyList<string> TakeMissing()
    {
        string[] missing = [.. _expected.Keys.Where(path => !Path.Exists(path))];
        foreach (string path in missing)
        {
            _lost.Add(_expected[path]);
            _expected.Remove(path);
        }
        return missing;
    }
}
