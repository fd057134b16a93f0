using System.Diagnostics;
using System.Text.Json;
using Environments;

namespace ExternalProcess;

/// <summary>Drives one simulator over its standard input and output. Owns the process.</summary>
public sealed class ProcessEnvironment : IAsyncEnvironment
{
    private static int _started;
    private static int _alive;
    private Process? _process;

    /// <summary>Simulators that were started.</summary>
    public static int Started => Volatile.Read(ref _started);

    /// <summary>Simulators whose end nobody has seen.</summary>
    public static int Alive => Volatile.Read(ref _alive);

    /// <inheritdoc/>
    public ValueTask StartAsync(CancellationToken cancellationToken)
    {
        // This very program with an argument; yours is another one. Where it is started by 'dotnet', so is the simulator.
        string assembly = typeof(ProcessEnvironment).Assembly.Location;
        _process = Process.Start(
            new ProcessStartInfo("dotnet", [assembly, Simulator.Argument])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        );
        Interlocked.Increment(ref _started);
        Interlocked.Increment(ref _alive);
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async ValueTask ResetAsync(ulong seed, Memory<float> observation, CancellationToken cancellationToken) =>
        _ = await AskAsync(new Request(seed, 0), observation, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<StepResult> StepAsync(
        ReadOnlyMemory<float> action,
        Memory<float> observation,
        CancellationToken cancellationToken
    )
    {
        Reply reply = await AskAsync(new Request(null, (int)action.Span[0]), observation, cancellationToken);
        return new StepResult(reply.Reward, reply.Terminated);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not { } process)
        {
            return;
        }
        _process = null;
        process.Kill(entireProcessTree: true); // nothing in it has to be saved; one that has could be asked to end here
        await process.WaitForExitAsync();
        process.Dispose();
        Interlocked.Decrement(ref _alive);
    }

    private async Task<Reply> AskAsync(Request request, Memory<float> observation, CancellationToken cancellationToken)
    {
        Process process = _process!;
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(request).AsMemory(), cancellationToken);
        await process.StandardInput.FlushAsync(cancellationToken);
        string line =
            await process.StandardOutput.ReadLineAsync(cancellationToken)
            ?? throw new EndOfStreamException("The simulator has ended.");
        Reply reply = JsonSerializer.Deserialize<Reply>(line)!;
        reply.Observation.CopyTo(observation);
        return reply;
    }
}
