using System.Runtime.InteropServices;

namespace Cli.Processes;

/// <summary>
/// Turns Ctrl-C, SIGTERM and a closed terminal into a cancellation, so that the command can save; a second Ctrl-C ends the process.
/// </summary>
internal sealed class Interruption : IDisposable
{
    // Tools such as timeout send a signal to the process and again to its group, within microseconds.
    private static readonly TimeSpan SameSignal = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly TextWriter _error;
    private long _first;

    public Interruption(TextWriter error)
    {
        _error = error;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Handle),
        ];
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
        {
            registration.Dispose();
        }
        _source.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        context.Cancel = true;
        if (_source.IsCancellationRequested)
        {
            bool again = TimeProvider.System.GetElapsedTime(_first) > SameSignal;
            if (again && context.Signal == PosixSignal.SIGINT)
            {
                context.Cancel = false; // the default action: the process ends
            }
            return;
        }
        _first = TimeProvider.System.GetTimestamp();
        _source.Cancel();
        _error.WriteLine("Stopping: what is to be kept is saved first. Press Ctrl-C again to stop at once.");
    }
}
