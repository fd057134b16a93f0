namespace Page.Curves;

/// <summary>
/// The numbers of one metric in bounded memory, however many are added: while there are few each is kept, later neighbours share a bucket that knows their
/// smallest, largest and mean. Extremes are never lost. Not thread-safe.
/// </summary>
internal sealed class Series
{
    /// <summary>Most buckets; half of them at least are in use once rows have been merged.</summary>
    public const int Capacity = 1_024;

    private const int FirstCapacity = 256;

    private Bucket[] _buckets = new Bucket[FirstCapacity];
    private int _count;
    private int _width = 1; // rows of a full bucket

    /// <summary>The buckets, in the order of their rows.</summary>
    public ReadOnlySpan<Bucket> Buckets => _buckets.AsSpan(0, _count);

    /// <summary>Numbers that were added.</summary>
    public long Rows { get; private set; }

    /// <summary>Numbers that were left out since they are infinite or not a number.</summary>
    public long NotNumbers { get; private set; }

    /// <summary>The newest number; not a number before the first.</summary>
    public double Last { get; private set; } = double.NaN;

    /// <summary>The smallest number; not a number before the first.</summary>
    public double Min { get; private set; } = double.NaN;

    /// <summary>The largest number; not a number before the first.</summary>
    public double Max { get; private set; } = double.NaN;

    /// <summary>Memory in use, in bytes.</summary>
    public long SizeInBytes => (long)_buckets.Length * Bucket.SizeInBytes;

    /// <summary>Adds a number.</summary>
    /// <param name="steps">Steps at which it was written, never falling.</param>
    /// <param name="seconds">Seconds of training at which it was written, never falling.</param>
    /// <param name="value">The number.</param>
    public void Add(double steps, double seconds, double value)
    {
        if (!double.IsFinite(value))
        {
            NotNumbers++;
            return;
        }
        Rows++;
        Last = value;
        Min = double.IsNaN(Min) ? value : Math.Min(Min, value);
        Max = double.IsNaN(Max) ? value : Math.Max(Max, value);
        var one = new Bucket(steps, steps, seconds, seconds, value, value, value, 1, MinIsFirst: true);
        if (_count > 0 && _buckets[_count - 1].Rows < _width)
        {
            _buckets[_count - 1] = Bucket.Join(_buckets[_count - 1], one);
            return;
        }
        if (_count == Capacity)
        {
            Merge();
        }
        else if (_count == _buckets.Length)
        {
            Array.Resize(ref _buckets, 2 * _count);
        }
        _buckets[_count++] = one;
    }

    private void Merge()
    {
        for (int i = 0; i < Capacity / 2; i++)
        {
            _buckets[i] = Bucket.Join(_buckets[2 * i], _buckets[2 * i + 1]);
        }
        _count = Capacity / 2;
        _width *= 2;
    }
}
