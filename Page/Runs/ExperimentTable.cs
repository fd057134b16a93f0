namespace Page.Runs;

/// <summary>One object for the settings of all seeds of an experiment, so that a thousand runs do not keep them a thousand times. Thread-safe.</summary>
internal sealed class ExperimentTable
{
    private readonly Dictionary<string, Experiment> _experiments = [];

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
