using Page.Runs;

namespace Page.Curves;

/// <summary>The columns that were looked at last, in bounded memory. Thread-safe.</summary>
/// <param name="mostBytes">Memory above which the columns that were looked at longest ago are forgotten.</param>
internal sealed class ColumnCache(long mostBytes)
{
    private readonly object _lock = new();
    private readonly LinkedList<Held> _byAge = new(); // the newest first
    private readonly Dictionary<(string Run, string Metric), LinkedListNode<Held>> _held = [];
    private long _bytes;

    /// <summary>Memory of all columns, in bytes.</summary>
    public long SizeInBytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Looks at a column after reading what is new of it.</summary>
    /// <param name="run">The run.</param>
    /// <param name="metric">Name of the column.</param>
    /// <param name="look">Takes from it what is wanted; the column is nobody else's meanwhile.</param>
    /// <exception cref="InvalidDataException">The file is no table of metrics.</exception>
    /// <exception cref="IOException">It cannot be read.</exception>
    public T Look<T>(Run run, string metric, Func<MetricsColumn, T> look)
    {
        MetricsColumn column = Take(run, metric);
        lock (column)
        {
            try
            {
                column.Update();
                return look(column);
            }
            finally
            {
                Settle(run.Id, metric, column.SizeInBytes);
            }
        }
    }

    private MetricsColumn Take(Run run, string metric)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue((run.Id, metric), out LinkedListNode<Held>? node))
            {
                node = new LinkedListNode<Held>(new Held(run.Id, metric, new MetricsColumn(run.Folder, metric)));
                _held[(run.Id, metric)] = node;
            }
            else
            {
                _byAge.Remove(node);
            }
            _byAge.AddFirst(node);
            return node.Value.Column;
        }
    }

    private void Settle(string run, string metric, long bytes)
    {
        lock (_lock)
        {
            if (!_held.TryGetValue((run, metric), out LinkedListNode<Held>? node))
            {
                return; // forgotten meanwhile
            }
            _bytes += bytes - node.Value.Bytes;
            node.Value.Bytes = bytes;
            while (_bytes > mostBytes && _byAge.Last is { } oldest && oldest != node)
            {
                _byAge.RemoveLast();
                _held.Remove((oldest.Value.Run, oldest.Value.Metric));
                _bytes -= oldest.Value.Bytes;
            }
        }
    }

    private sealed class Held(string run, string metric, MetricsColumn column)
    {
        public string Run { get; } = run;

        public string Metric { get; } = metric;

        public MetricsColumn Column { get; } = column;

        public long Bytes { get; set; }
    }
}
