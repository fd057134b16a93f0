namespace Tests.FleetTests;

/// <summary>A wall clock that a test sets, and time stamps that go on by themselves, as those of a machine whose clock is set do.</summary>
internal sealed class SteadyTime : TimeProvider
{
    private readonly Func<int, TimeSpan> _offset;
    private int _calls;

    /// <summary>A clock.</summary>
    /// <param name="offset">By how much its n-th reading is off.</param>
    public SteadyTime(Func<int, TimeSpan> offset) => _offset = offset;

    /// <summary>A clock that jumps between the years 1995 and 2055 with every reading.</summary>
    public static SteadyTime Jumping => new(call => TimeSpan.FromDays(call % 2 == 0 ? -30 * 365 : 30 * 365));

    public override DateTimeOffset GetUtcNow() =>
        new DateTimeOffset(2025, 6, 1, 0, 0, 0, TimeSpan.Zero) + _offset(Interlocked.Increment(ref _calls));
}
