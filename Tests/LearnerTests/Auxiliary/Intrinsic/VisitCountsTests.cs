using Environments.State;
using Learners.Auxiliary;
using Xunit;

namespace Tests.LearnerTests.Auxiliary.Intrinsic;

/// <summary>Keys are counted one by one until there is no room, and then together.</summary>
public sealed class VisitCountsTests
{
    [Fact]
    public void Of_AHundredVisits_PaysTheSumOfRoots()
    {
        var counts = new VisitCounts(10);
        double sum = 0;
        for (int i = 0; i < 100; i++)
        {
            counts.Add(7);
            sum += 1 / Math.Sqrt(counts.Of(7));
        }

        Assert.Equal(18.590, sum, 5e-4);
        Assert.Equal(1, counts.Keys);
    }

    [Fact]
    public void Add_BeyondTheLimit_CountsTheRestTogether()
    {
        var counts = new VisitCounts(2);
        foreach (ulong key in (ulong[])[1, 2, 3, 1, 4, 3, 5])
        {
            counts.Add(key);
        }

        Assert.Equal([2, 1, 4, 4, 4], ((ulong[])[1, 2, 3, 4, 5]).Select(counts.Of));
        Assert.Equal(2, counts.Keys);
    }

    [Fact]
    public void LoadState_SavedCounts_GoOn()
    {
        var counts = new VisitCounts(2);
        foreach (ulong key in (ulong[])[ulong.MaxValue, 2, 2, 3])
        {
            counts.Add(key);
        }
        var state = new StateDictionary();
        counts.SaveState(state);
        var other = new VisitCounts(2);
        other.Add(99);

        other.LoadState(state);
        other.Add(2);
        other.Add(99);

        Assert.Equal([1, 3, 2, 2], ((ulong[])[ulong.MaxValue, 2, 3, 99]).Select(other.Of));
    }

    [Theory]
    [InlineData(new ulong[] { 1, 2 }, new long[] { 1 })]
    [InlineData(new ulong[] { 1, 2 }, new long[] { 1, 0 })]
    [InlineData(new ulong[] { 1, 1 }, new long[] { 1, 1 })]
    public void LoadState_WhatAreNoCounts_IsRefused(ulong[] keys, long[] counts)
    {
        var state = new StateDictionary();
        state.Set<ulong>("keys", keys);
        state.Set<long>("counts", counts);
        state.Set("others", 0L);

        Assert.Throws<InvalidDataException>(() => new VisitCounts(5).LoadState(state));
    }
}
