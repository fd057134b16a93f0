using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Fleet.Hosting;

/// <summary>Memory for Kestrel in blocks of 64 KB: it receives one block at a time, and its own 4 KB cost up to half of the processor time.</summary>
internal sealed class LargeBlocks : IMemoryPoolFactory<byte>
{
    /// <inheritdoc/>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => new Pool();

    private sealed class Pool : MemoryPool<byte>
    {
        private const int BlockSize = 64 << 10;
        private const int MaxFree = 256;
        private readonly ConcurrentQueue<Block> _free = new();

        public override int MaxBufferSize => BlockSize;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockSize);
            return _free.TryDequeue(out Block? block) ? block.Lend() : new Block(this);
        }

        protected override void Dispose(bool disposing) => _free.Clear();

        private void Take(Block block)
        {
            if (_free.Count < MaxFree)
            {
                _free.Enqueue(block);
            }
        }

        // Lent again and again: an owner of its own for every loan would be half of what the server allocates.
        private sealed class Block(Pool pool) : IMemoryOwner<byte>
        {
            private readonly byte[] _array = GC.AllocateUninitializedArray<byte>(BlockSize, pinned: true);
            private int _isLent = 1;

            public Memory<byte> Memory => _isLent == 1 ? _array : throw new ObjectDisposedException(nameof(Block));

            public Block Lend()
            {
                _isLent = 1;
                return this;
            }

            public void Dispose()
            {
                if (Interlocked.Exchange(ref _isLent, 0) == 1)
                {
                    pool.Take(this);
                }
            }
        }
    }
}
