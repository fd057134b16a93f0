using System.Buffers;
using Fleet.Hosting;
using Xunit;

namespace Tests.FleetTests.Hosting;

public sealed class LargeBlocksTests
{
    private readonly MemoryPool<byte> _pool = new LargeBlocks().Create();

    [Fact]
    public void Rent_AfterABlockCameBack_LendsItAgain()
    {
        IMemoryOwner<byte> first = _pool.Rent();
        first.Memory.Span[7] = 42;
        first.Dispose();

        IMemoryOwner<byte> again = _pool.Rent();

        Assert.Equal(64 << 10, again.Memory.Length);
        Assert.Equal(42, again.Memory.Span[7]);
    }

    [Fact]
    public void Dispose_Twice_LendsTheBlockToOneOnly()
    {
        IMemoryOwner<byte> block = _pool.Rent();
        block.Dispose();
        block.Dispose();

        IMemoryOwner<byte> one = _pool.Rent();
        IMemoryOwner<byte> other = _pool.Rent();

        one.Memory.Span[0] = 1;
        other.Memory.Span[0] = 2;
        Assert.Equal(1, one.Memory.Span[0]);
    }

    [Fact]
    public void Memory_AfterDispose_IsRefused()
    {
        IMemoryOwner<byte> block = _pool.Rent();
        block.Dispose();

        Assert.Throws<ObjectDisposedException>(() => block.Memory);
    }
}
