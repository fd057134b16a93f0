using Learners.Batches;

namespace Learners.Stages;

/// <summary>Orders stages by what they read and write.</summary>
internal static class StageOrder
{
    /// <summary>
    /// Stages in an order in which every column is written before it is read, and those that add to advantages come last; those that may be in any order stay
    /// as they are.
    /// </summary>
    /// <param name="stages">Stages.</param>
    /// <exception cref="InvalidOperationException">Two write one column or have one name, nobody writes what one reads, or they wait for each other.</exception>
    public static IBatchStage[] Of(IReadOnlyList<IBatchStage> stages)
    {
        Dictionary<Column, IBatchStage> writers = WritersOf(stages);
        var ordered = new List<IBatchStage>(stages.Count);
        List<IBatchStage> waiting = [.. stages.OrderBy(stage => stage.AddsAdvantages)];
        while (waiting.Count > 0)
        {
            IBatchStage next =
                waiting.Find(stage => stage.After.All(column => ordered.Contains(WriterOf(column, stage, writers))))
                ?? throw new InvalidOperationException(
                    $"The stages {string.Join(" and ", waiting.Select(stage => stage.Name))} wait for each other's columns. "
                        + "One of them must do without."
                );
            waiting.Remove(next);
            ordered.Add(next);
        }
        return [.. ordered];
    }

    private static Dictionary<Column, IBatchStage> WritersOf(IReadOnlyList<IBatchStage> stages)
    {
        var writers = new Dictionary<Column, IBatchStage>();
        var names = new HashSet<string>();
        foreach (IBatchStage stage in stages)
        {
            if (!names.Add(stage.Name))
            {
                throw new InvalidOperationException($"Two stages have the name {stage.Name}. Name each by itself.");
            }
            // To rewards every stage adds, and sums have no order.
            foreach (Column column in stage.Writes.Where(column => column != Column.Rewards))
            {
                if (!writers.TryAdd(column, stage))
                {
                    throw new InvalidOperationException(
                        $"The stages {writers[column].Name} and {stage.Name} both write the column '{column.Name}', and one of them would be lost. "
                            + "Leave one out, or let one read a column of the other and write the sum."
                    );
                }
            }
        }
        return writers;
    }

    private static IBatchStage WriterOf(Column column, IBatchStage reader, Dictionary<Column, IBatchStage> writers) =>
        writers.TryGetValue(column, out IBatchStage? writer)
            ? writer
            : throw new InvalidOperationException(
                $"The stage {reader.Name} reads the column '{column.Name}', which no stage writes. Add the one that does."
            );
}
