namespace Studies.Comparison;

/// <summary>The runs that are compared as one algorithm.</summary>
/// <param name="Label">Agent, and the settings by which it differs from others.</param>
/// <param name="Runs">Finished runs of each task, at least one.</param>
internal sealed record Algorithm(string Label, IReadOnlyDictionary<string, IReadOnlyList<ComparedRun>> Runs)
{
    /// <summary>Every run of every task.</summary>
    public IEnumerable<ComparedRun> All => Runs.Values.SelectMany(runs => runs);
}
