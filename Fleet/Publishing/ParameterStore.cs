using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Environments.State;
using Environments.Wrappers;
using Protos.Fleet;

namespace Fleet.Publishing;

/// <summary>The newest publications of the parameters, as the bytes that actors fetch. Thread-safe; reuses its memory.</summary>
internal sealed class ParameterStore
{
    private const int Kept = 2; // an actor in lock step may want the one before the newest

    private readonly object _lock = new();
    private readonly List<Snapshot> _snapshots = [];
    private readonly List<Snapshot> _free = [];

    /// <summary>The newest publication.</summary>
    public Publication Newest { get; private set; } = new() { Number = -1 };

    /// <summary>Saves the publication before the newest, with which an actor in lock step may be about to act; the newest is the learner's to save.</summary>
    public void SaveLagging(StateDictionary state)
    {
        lock (_lock)
        {
            if (_snapshots.Count > 1)
            {
                state.Set<byte>("bytes", _snapshots[^2].Bytes);
                state.Set("version", _snapshots[^2].Publication.ParameterVersion);
            }
        }
    }

    /// <summary>Goes on counting after a publication of an earlier process.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="state">Where <see cref="SaveLagging"/> saved it, if it did.</param>
    public void ContinueFrom(long number, StateDictionary state)
    {
        lock (_lock)
        {
            Newest = new Publication { Number = number };
            if (state.Contains("bytes"))
            {
                Newest.ParameterVersion = state.Get("version", 0L, long.MaxValue / 2);
                var snapshot = new Snapshot { Publication = Newest };
                byte[] bytes = state.GetArray<byte>("bytes");
                snapshot.Resize(bytes.Length);
                bytes.CopyTo(snapshot.Bytes, 0);
                _snapshots.Add(snapshot);
            }
        }
    }

    /// <summary>Publishes a copy.</summary>
    /// <param name="parameters">Flat buffer.</param>
    /// <param name="version">Optimiser steps that led to it.</param>
    /// <param name="statistics">Fixed statistics by which actors normalise observations until the next publication; null where they do not.</param>
    public void Publish(ReadOnlySpan<float> parameters, long version, RunningStatistics? statistics)
    {
        lock (_lock)
        {
            Snapshot snapshot = Take();
            int moments = statistics is null ? 0 : 2 * statistics.Size * sizeof(double);
            snapshot.Resize(parameters.Length * sizeof(float) + moments);
            MemoryMarshal.AsBytes(parameters).CopyTo(snapshot.Bytes);
            if (statistics is not null)
            {
                Span<double> destination = MemoryMarshal.Cast<byte, double>(snapshot.Bytes.AsSpan()[^moments..]);
                statistics.Mean.CopyTo(destination);
                statistics.Variance.CopyTo(destination[statistics.Size..]);
            }
            snapshot.Publication = Newest = new Publication { Number = Newest.Number + 1, ParameterVersion = version };
            snapshot.Hash = null;
            _snapshots.Add(snapshot);
            while (_snapshots.Count > Kept)
            {
                _free.Add(_snapshots[0]);
                _snapshots.RemoveAt(0);
            }
        }
    }

    /// <summary>Holds a publication while it is sent.</summary>
    /// <param name="number">Its number; −1 for the newest.</param>
    /// <returns>It, until <see cref="Release"/>; null where it is not kept.</returns>
    public Snapshot? Hold(long number)
    {
        lock (_lock)
        {
            Snapshot? snapshot =
                number < 0 ? _snapshots.LastOrDefault() : _snapshots.Find(kept => kept.Publication.Number == number);
            if (snapshot is not null)
            {
                snapshot.Readers++;
                snapshot.Hash ??= SHA256.HashData(snapshot.Bytes);
            }
            return snapshot;
        }
    }

    /// <summary>Lets a publication go.</summary>
    public void Release(Snapshot snapshot)
    {
        lock (_lock)
        {
            snapshot.Readers--;
        }
    }

    private Snapshot Take()
    {
        int index = _free.FindIndex(free => free.Readers == 0);
        if (index < 0)
        {
            return new Snapshot();
        }
        Snapshot snapshot = _free[index];
        _free.RemoveAt(index);
        return snapshot;
    }

    /// <summary>One publication.</summary>
    internal sealed class Snapshot
    {
        /// <summary>Which one.</summary>
        public Publication Publication { get; set; } = new();

        /// <summary>Parameters as float32, then means and variances as float64.</summary>
        public byte[] Bytes { get; private set; } = [];

        /// <summary>SHA-256 of the bytes.</summary>
        public byte[]? Hash { get; set; }

        /// <summary>Calls that send it now.</summary>
        public int Readers { get; set; }

        /// <summary>Room for as many bytes.</summary>
        public void Resize(int length)
        {
            if (Bytes.Length != length)
            {
                Bytes = new byte[length];
            }
        }
    }
}
