using System.Runtime.ExceptionServices;

namespace Environments.Threads;

/// <summary>Threads that each do their share of the same work, again and again, and spin a moment before they sleep in between. Owns the threads.</summary>
/// <remarks>Not for calls from several threads at once. Work that throws ends the crew's use: the first failure is thrown from then on.</remarks>
internal sealed class WorkCrew : IDisposable
{
    private readonly Action<int> _work;
    private readonly SemaphoreSlim[] _starts;
    private readonly ExceptionDispatchInfo?[] _failures;
    private readonly CountdownEvent _running;
    private volatile bool _disposed;

    /// <summary>A crew that waits for its first work.</summary>
    /// <param name="count">Shares, at least 1; the caller's thread does the first one.</param>
    /// <param name="work">Does the share of a number from 0.</param>
    /// <param name="nameOf">Name of the thread of a share.</param>
    public WorkCrew(int count, Action<int> work, Func<int, string> nameOf)
    {
        _work = work;
        _starts = [.. Enumerable.Range(0, count).Select(_ => new SemaphoreSlim(0))];
        _failures = new ExceptionDispatchInfo?[count];
        _running = new CountdownEvent(count);
        for (int i = 1; i < count; i++)
        {
            int share = i;
            new Thread(() => Work(share)) { IsBackground = true, Name = nameOf(share) }.Start();
        }
    }

    /// <summary>Does all shares and waits for them.</summary>
    /// <exception cref="ObjectDisposedException">The crew was sent home.</exception>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _running.Reset();
        foreach (SemaphoreSlim start in _starts.AsSpan(1))
        {
            start.Release();
        }
        RunShare(0);
        _running.Wait();
        foreach (ExceptionDispatchInfo? failure in _failures)
        {
            failure?.Throw();
        }
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        foreach (SemaphoreSlim start in _starts)
        {
            start.Release(); // a waiting thread sees the flag and ends
        }
        _running.Dispose();
    }

    private void Work(int share)
    {
        while (true)
        {
            _starts[share].Wait();
            if (_disposed)
            {
                return;
            }
            RunShare(share);
        }
    }

    private void RunShare(int share)
    {
        try
        {
            _work(share);
        }
        catch (Exception exception)
        {
            _failures[share] = ExceptionDispatchInfo.Capture(exception);
        }
        finally
        {
            _running.Signal();
        }
    }
}
