using Environments.State;
using Learners.Batches;
using Learners.Metrics;
using Learners.Stages;
using Xunit;

namespace Tests.LearnerTests.Stages;

/// <summary>Stages run when what they read is written, whatever order they were given in.</summary>
public sealed class StageOrderTests
{
    private static readonly Column First = new("first");
    private static readonly Column Second = new("second");

    [Fact]
    public void Of_ReaderBeforeWriter_ComesBehindIt()
    {
        var reader = new Named("reader", [First], [Second]);
        var last = new Named("last", [Second], [Column.Rewards]);
        var writer = new Named("writer", [], [First]);

        Assert.Equal(["writer", "reader", "last"], StageOrder.Of([last, reader, writer]).Select(stage => stage.Name));
    }

    [Fact]
    public void Of_Independent_StayAsTheyAre() =>
        Assert.Equal(
            ["b", "a"],
            StageOrder.Of([new Named("b", [], [First]), new Named("a", [], [Second])]).Select(stage => stage.Name)
        );

    [Fact]
    public void Of_TwoThatAddToRewards_StayAsTheyAre() =>
        Assert.Equal(
            ["b", "a"],
            StageOrder
                .Of([new Named("b", [], [Column.Rewards]), new Named("a", [], [Column.Rewards])])
                .Select(stage => stage.Name)
        );

    [Theory]
    [InlineData("both write the column 'first'")]
    [InlineData("which no stage writes")]
    [InlineData("wait for each other's columns")]
    [InlineData("Two stages have the name a")]
    public void Of_Impossible_SaysWhy(string message)
    {
        IBatchStage[] stages = message switch
        {
            "both write the column 'first'" => [new Named("a", [], [First]), new Named("b", [], [First])],
            "which no stage writes" => [new Named("a", [First], [])],
            "wait for each other's columns" => [new Named("a", [First], [Second]), new Named("b", [Second], [First])],
            _ => [new Named("a", [], [First]), new Named("a", [], [Second])],
        };

        InvalidOperationException exception = Assert.Throws<InvalidOperationException>(() => StageOrder.Of(stages));

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.Contains("a", exception.Message, StringComparison.Ordinal);
    }

    private sealed class Named(string name, Column[] after, Column[] writes) : IBatchStage
    {
        public string Name => name;

        public IReadOnlyList<Column> After => after;

        public IReadOnlyList<Column> Writes => writes;

        public void Prepare(UnrollEvaluator unroll, MetricAverages metrics) { }

        public void SaveState(StateDictionary state) { }

        public void LoadState(StateDictionary state) { }

        public void Dispose() { }
    }
}
