using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Environments.Wrappers;
using Fleet.Publishing;
using Protos.Fleet;
using Xunit;

namespace Tests.FleetTests.Publishing;

public sealed class ParameterStoreTests
{
    [Fact]
    public void Hold_WhileMoreIsPublished_StaysAsItWas()
    {
        var store = new ParameterStore();
        store.Publish([1, 2, 3], version: 10, statistics: null);
        ParameterStore.Snapshot held = store.Hold(0)!;
        byte[] bytes = [.. held.Bytes];
        byte[] hash = [.. held.Hash!];

        for (int i = 1; i < 20; i++)
        {
            store.Publish([i, i, i], version: 10 + i, statistics: null);
        }

        Assert.Equal(bytes, held.Bytes);
        Assert.Equal(hash, held.Hash);
        Assert.Equal(SHA256.HashData(bytes), hash);
        Assert.Equal(new Publication { Number = 0, ParameterVersion = 10 }, held.Publication);
        store.Release(held);
    }

    [Fact]
    public void Hold_Number_FindsTheTwoNewestOnly()
    {
        var store = new ParameterStore();
        Assert.Null(store.Hold(-1));
        for (int i = 0; i < 5; i++)
        {
            store.Publish([i], version: 3 * i, statistics: null);
        }

        Assert.Equal(4, store.Hold(-1)!.Publication.Number);
        Assert.Equal(9, store.Hold(3)!.Publication.ParameterVersion);
        Assert.Equal([3f], MemoryMarshal.Cast<byte, float>(store.Hold(3)!.Bytes).ToArray());
        Assert.Null(store.Hold(2));
        Assert.Null(store.Hold(5));
    }

    [Fact]
    public void Publish_SnapshotsThatNobodyHolds_AreUsedAgain()
    {
        var store = new ParameterStore();
        HashSet<byte[]> arrays = [];
        for (int i = 0; i < 50; i++)
        {
            store.Publish([i], version: i, statistics: null);
            ParameterStore.Snapshot newest = store.Hold(-1)!;
            Assert.Equal(SHA256.HashData(newest.Bytes), newest.Hash!);
            arrays.Add(newest.Bytes);
            store.Release(newest);
        }

        Assert.InRange(arrays.Count, 1, 3);
    }

    [Fact]
    public void Publish_Statistics_FollowTheParameters()
    {
        var store = new ParameterStore();
        store.Publish([1], 0, RunningStatistics.FromMoments([2.0, 3.0], [4.0, 5.0]));

        byte[] bytes = store.Hold(-1)!.Bytes;

        Assert.Equal(4 + 32, bytes.Length);
        Assert.Equal([2, 3, 4, 5], MemoryMarshal.Cast<byte, double>(bytes.AsSpan(4)).ToArray());
    }
}
