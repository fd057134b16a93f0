using System.Runtime.InteropServices;

namespace Cli;

/// <summary>Turns Ctrl-C and SIGTERM into a cancellation: the first one lets the command save, a second Ctrl-C ends the process.</summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;

    public Interruption(TextWriter error)
    {
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);

        void Handle(PosixSignalContext context)
        {
            if (_source.IsCancellationRequested)
            {
                return; // the default action: the process ends
            }
            context.Cancel = true;
            error.WriteLine("Stopping after this update and saving. Press Ctrl-C again to stop at once.");
            _source.Cancel();
        }
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _source.Dispose();
    }
}
