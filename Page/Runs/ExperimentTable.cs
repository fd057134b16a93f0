namespace Page.Runs;

/// <summary>One object for the settings of all seeds of an experiment, so that a thousand runs do not keep them a thousand times. Thread-safe.</summary>
internal sealed class ExperimentTable
{
    private readonly Dictionary<string, Experiment> _experiments = [];

    /// <summary>Forgets all others.</summary>
    public void Keep(IReadOnlyCollection<Experiment> used)
    {
        HashSet<string> ids = [.. used.Select(one => one.Id)];
        lock (_experiments)
        {
            foreach (string id in _experiments.Keys.Where(id => !ids.Contains(id)).ToArray())
            {
                _experiments.Remove(id);
            }
        }
    }

    /// <summary>The experiment of some settings.</summary>
    public Experiment Of(SortedDictionary<string, string> settings)
    {
        var made = Experiment.Of(settings);
        lock (_experiments)
        {
            if (!_experiments.TryGetValue(made.Id, out Experiment? known))
            {
                _experiments[made.Id] = known = made;
            }
            return known;
        }
    }
}
