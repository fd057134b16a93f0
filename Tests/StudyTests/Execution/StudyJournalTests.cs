using Studies.Execution;
using Studies.Trials;
using Xunit;

namespace Tests.StudyTests.Execution;

public sealed class StudyJournalTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Path => _folder.In(StudyJournal.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Open_AWrittenJournal_GivesTheSameState()
    {
        Write();

        StudyState state = StudyJournal.ReadState(_folder.Path);

        Assert.Equal(2, state.Legs.Count);
        Assert.Equal("a=1 b=x", state.Legs[0].Leg.Values.ToString());
        Assert.Equal(3.5, state.Legs[0].Result!.Score);
        Assert.True(double.IsNaN(state.Legs[0].Result!.Deviation));
        Assert.Null(state.Legs[1].Result);
        Assert.Equal(0, state.Legs[1].Leg.CopyOf);
    }

    [Theory]
    [InlineData("{\"end\":1,\"resu")]
    [InlineData("{\"begin\":{\"number\":2")]
    [InlineData("\0\0\0\0")]
    public void Open_ATornLastLine_IsCutOff(string torn)
    {
        Write();
        string whole = File.ReadAllText(Path);
        File.AppendAllText(Path, torn);

        using (StudyJournal journal = StudyJournal.Open(_folder.Path))
        {
            Assert.Equal(2, journal.State.Legs.Count);
            Assert.Equal(whole, File.ReadAllText(Path));
            journal.End(1, new LegResult { Score = 1, Steps = 2 });
        }

        Assert.Equal(2, StudyJournal.ReadState(_folder.Path).Ended.Count);
    }

    [Theory]
    [InlineData("{\"end\":0,\"result\":{\"score\":1,\"steps\":1}}", "has ended")]
    [InlineData("{\"end\":7,\"result\":{\"score\":1,\"steps\":1}}", "never begun")]
    [InlineData("{\"format\":9}", "format is 9")]
    [InlineData("{}", "says nothing")]
    [InlineData("{\"other\":1}", "other")]
    [InlineData("nonsense", "line 5")]
    [InlineData("null", "line 5")]
    public void Open_ADamagedLine_SaysWhichAndWhatToDo(string line, string message)
    {
        Write();
        File.AppendAllText(Path, line + "\n");
        string before = File.ReadAllText(Path);

        InvalidDataException exception = Assert.Throws<InvalidDataException>(() => StudyJournal.Open(_folder.Path));

        Assert.Contains("line 5", exception.Message);
        Assert.Contains(message, exception.Message);
        Assert.Contains("--out", exception.Message);
        Assert.Equal(before, File.ReadAllText(Path));
    }

    private void Write()
    {
        using StudyJournal journal = StudyJournal.Open(_folder.Path);
        journal.Begin(Leg(0, 0));
        journal.End(0, new LegResult { Score = 3.5, Steps = 10 });
        journal.Begin(Leg(1, 1) with { CopyOf = 0 });
    }

    private static Leg Leg(int number, int trial) =>
        new()
        {
            Number = number,
            Trial = trial,
            Candidate = trial,
            Seed = 1,
            Values = new SearchPoint([new("a", "1"), new("b", "x")]),
            ToSteps = 10,
        };
}
