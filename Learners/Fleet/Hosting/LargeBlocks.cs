using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Learners.Fleet.Hosting;

/// <summary>Memory for Kestrel in blocks of 64 KB: it receives one block at a time, and its own 4 KB cost up to half of the processor time.</summary>
internal sealed class LargeBlocks : IMemoryPoolFactory<byte>
{
    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private const int BlockSize = 64 << 10;
        private const int MaxFree = 256;
        private readonly ConcurrentQueue<byte[]> _free = new();

        public override int MaxBufferSize => BlockSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
            return new Block(
                this,
                _free.TryDequeue(out byte[]? array) ? array : GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true)
            );
        }

        protected override void Dispose(bool disposing) => _free.Clear();

        private sealed class Block(Pool pool, byte[] array) : IMemoryOwner<byte>
        {
            private byte[]? _array = array;

            public Memory<byte> Memory => _array ?? throw new ObjectDisposedException(nameof(Block));

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _array, null) is { } array && pool._free.Count < MaxFree)
                {
                    pool._free.Enqueue(array);
                }
            }
        }
    }
}
