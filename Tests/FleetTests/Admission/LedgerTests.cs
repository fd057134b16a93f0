using Fleet.Admission;
using Protos;
using Xunit;

namespace Tests.FleetTests.Admission;

public sealed class LedgerTests
{
    private static readonly Unroll Unroll = new(new UnrollShape(1, 1, new ObservationFormat(1), 1, 0));

    [Fact]
    public void Settle_OutOfOrder_CountsOnlyWhatIsCompleteFromTheBeginning()
    {
        var ledger = new Ledger();
        for (long number = 0; number < 4; number++)
        {
            ledger.Accept(number, segment: 1, Unroll);
        }

        ledger.Settle(1);
        ledger.Settle(2);
        Assert.Equal((0, 0), (ledger.NextTrained, ledger.NextSafe));

        ledger.Settle(0);
        Assert.Equal((3, 3), (ledger.NextTrained, ledger.NextSafe));

        ledger.Settle(3);
        Assert.Equal((4, 4), (ledger.NextTrained, ledger.NextSafe));
        Assert.True(ledger.IsSettled);
    }

    [Fact]
    public void Refuse_WhileJournalledUnrollsWait_DoesNotCountThemAsTrained()
    {
        var ledger = new Ledger();
        ledger.Accept(0, segment: 1);
        ledger.Accept(1, segment: 1);

        ledger.Refuse();

        Assert.Equal((3, 3, 0), (ledger.NextAccepted, ledger.NextSafe, ledger.NextTrained));
        ledger.Settle(0);
        Assert.Equal(1, ledger.NextTrained);
        ledger.Settle(1);
        Assert.Equal(3, ledger.NextTrained); // the refused one is over as well
    }

    [Fact]
    public void Keep_UnsafeUnrolls_MovesOnFromTheOldest()
    {
        var ledger = new Ledger();
        ledger.Accept(0, segment: 1);
        ledger.Accept(1, segment: 1, Unroll);
        ledger.Accept(2, segment: 1, Unroll);
        Assert.Equal(1, ledger.NextSafe);

        ledger.Keep(segment: 4);

        Assert.Equal((2, 4), (ledger.NextSafe, ledger.Segment));
        Assert.Same(Unroll, ledger.OldestUnsafe);
        Assert.Equal(1, ledger.OldestSegment);
        ledger.Keep(segment: 5);
        Assert.Equal(3, ledger.NextSafe);
        Assert.Null(ledger.OldestUnsafe);
    }
}
