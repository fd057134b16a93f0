using Environments.State;
using Fleet.Admission;
using Protos;
using Xunit;

namespace Tests.FleetTests.Admission;

public sealed class RosterTests
{
    [Theory]
    [InlineData("actor-1", true)]
    [InlineData("A.b_9", true)]
    [InlineData("", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("ä", false)]
    public void IsName_Text_TakesPlainCharactersOnly(string text, bool expected) => Assert.Equal(expected, Roster.IsName(text));

    [Fact]
    public void IsName_EndOfLineAfterIt_IsNone()
    {
        Assert.False(Roster.IsName("a\n"));
        Assert.True(Roster.IsName(new string('a', 128)));
        Assert.False(Roster.IsName(new string('a', 129)));
    }

    [Fact]
    public void Get_MoreNamesThanAreRemembered_ForgetsTheIdleAndReusesTheirSlots()
    {
        var roster = new Roster();
        for (int i = 0; i < 1_500; i++)
        {
            roster.Get("actor-" + i).LastMessage = i;
        }
        ActorRecord busy = roster.Get("actor-1490");

        Assert.Equal(1_024, roster.List().Count);
        Assert.All(roster.List(), actor => Assert.InRange(actor.Slot, 0, 1_023));
        Assert.Equal(1_024, roster.List().Select(actor => actor.Slot).Distinct().Count());
        Assert.Same(busy, roster.Get("actor-1490"));
    }

    [Fact]
    public void TryGet_MoreQuarantinedNamesThanAreRemembered_ForgetsTheOldest()
    {
        var roster = new Roster();
        for (int i = 0; i < 3_077; i++)
        {
            ActorRecord actor = roster.TryGet("actor-" + i)!;
            actor.LastMessage = i;
            actor.Quarantine = "it sent nonsense.";
        }

        Assert.Equal(1_024, roster.List().Count);
        Assert.Equal("actor-2053", roster.List().MinBy(actor => actor.LastMessage)!.Id);
    }

    [Fact]
    public void TryGet_StrangersWithEverNewNames_DoNotDriveOutAnActorThatIsAway()
    {
        var roster = new Roster();
        roster.TryGet("honest")!.Unrolls = 7;
        for (int i = 1; i < 3_000; i++)
        {
            roster.TryGet("stranger-" + i)!.LastMessage = i;
        }

        Assert.Equal(7, roster.TryGet("honest")!.Unrolls);
    }

    [Fact]
    public void TryGet_AllThatAreRememberedAreConnected_TakesNobodyElse()
    {
        var roster = new Roster();
        for (int i = 0; i < Roster.Remembered; i++)
        {
            roster.TryGet("actor-" + i)!.Connection = new ActorConnection(1, 0, 0);
        }

        Assert.Null(roster.TryGet("one more"));
        Assert.NotNull(roster.TryGet("actor-7"));
        Assert.NotNull(roster.Get("of the journal"));
    }

    [Fact]
    public void Prune_OldIncarnations_GoOnceNothingNeedsThem()
    {
        var roster = new Roster();
        ActorRecord actor = roster.Get("a");
        var unroll = new Unroll(new UnrollShape(1, 1, new ObservationFormat(1), 1, 0));
        actor.LedgerOf(1).Accept(0, segment: 3, unroll);
        actor.LedgerOf(2).Accept(0, segment: 2, unroll);
        actor.LedgerOf(2).Settle(0);
        actor.LedgerOf(3).Accept(0, segment: 1, unroll);
        actor.LedgerOf(3).Settle(0);
        actor.LatestIncarnation = 3;

        roster.Prune(oldestSegment: 2);
        Assert.Equal([1, 2, 3], actor.Ledgers.Keys.Order());

        roster.Prune(oldestSegment: 3);
        Assert.Equal([1, 3], actor.Ledgers.Keys.Order()); // 1 is not settled, 3 is the newest
    }

    [Fact]
    public void LoadState_DamagedList_SaysSo()
    {
        var roster = new Roster();
        roster.Get("a");
        var state = new StateDictionary();
        roster.SaveState(state);
        state.Set<long>("actors", [1, 2]);

        Assert.Throws<InvalidDataException>(() => new Roster().LoadState(state));
    }
}
