namespace Tests.Waits;

/// <summary>The last resort of every wait of the tests: they end by a condition, and only what never comes gets as far as this.</summary>
internal static class Deadline
{
    /// <summary>Far more than anything here takes on a machine with thirty busy processes beside the tests.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);

    /// <summary>The deadline of a call that begins now.</summary>
    public static DateTime Utc => DateTime.UtcNow + Patience;

    /// <summary>A source that cancels when patience ends.</summary>
    public static CancellationTokenSource Source() => new(Patience);

    /// <summary>A client whose calls may take as long; its own limit would be 100 seconds.</summary>
    public static HttpClient Http(HttpMessageHandler? handler = null) =>
        new(handler ?? new SocketsHttpHandler()) { Timeout = Patience };

    /// <summary>The task, or a failure when patience ends.</summary>
    public static Task InTime(this Task task) => task.WaitAsync(Patience);

    /// <summary>The task, or a failure when patience ends.</summary>
    public static Task<T> InTime<T>(this Task<T> task) => task.WaitAsync(Patience);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">Asked again and again; what it throws ends the wait.</param>
    /// <param name="otherwise">What to say where it never holds.</param>
    public static Task UntilAsync(Func<bool> condition, Func<string>? otherwise = null) =>
        UntilAsync(() => Task.FromResult(condition()), otherwise);

    /// <summary>Waits until a condition holds.</summary>
    /// <param name="condition">Asked again and again; what it throws ends the wait.</param>
    /// <param name="otherwise">What to say where it never holds.</param>
    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string>? otherwise = null)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
            {
                throw new TimeoutException(otherwise?.Invoke() ?? "What the test waits for never came.");
            }
            await Task.Delay(Look);
        }
    }

    /// <summary>Blocks until a condition holds.</summary>
    public static void Until(Func<bool> condition) => UntilAsync(condition).GetAwaiter().GetResult();
}
