using System.Diagnostics;
using Environments.Processes;
using Studies.Trials;

namespace Studies.Legs;

/// <summary>
/// Trains each leg in a process of its own: one that crashes takes no other along, and its processor time is its own. A child whose study is gone saves and
/// ends by itself.
/// </summary>
/// <param name="root">The study's folder.</param>
/// <param name="jobs">Legs at a time.</param>
/// <param name="command">Program and arguments of the command that trains a leg.</param>
internal sealed class ChildLegRunner(string root, int jobs, IReadOnlyList<string> command) : ILegRunner
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <inheritdoc/>
    public int Capacity => jobs;

    /// <inheritdoc/>
    public async Task<LegResult> RunAsync(LegOrder order, IProgress<long> progress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = new ProcessStartInfo(command[0], [.. command.Skip(1), "--folder", root])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["AGENTS_TORCH_THREADS"] = "1";
        using Process process = Process.Start(start)!;
        using CancellationTokenRegistration stop = cancellationToken.Register(() => _ = StopAsync(process));
        try
        {
            // The input stays open while the study lives: its end tells the child that the study is gone.
            await process.StandardInput.WriteLineAsync(LegMessages.Write(order)).ConfigureAwait(false);
            await process.StandardInput.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException)
        {
            // It has ended already or is asked to, and its exit code says more.
        }
        Task<string> errors = LastLineAsync(process.StandardError);
        LegResult? result = null;
        while (await process.StandardOutput.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
        {
            if (Parse(line) is not { } message)
            {
                continue; // what an environment prints
            }
            result = message.Result ?? result;
            if (message.Steps is { } steps)
            {
                progress.Report(steps);
            }
        }
        await process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        if (result is not null)
        {
            return result;
        }
        cancellationToken.ThrowIfCancellationRequested();
        string last = await errors.ConfigureAwait(false);
        throw process.ExitCode == LegMessage.DiskFailed
            ? new IOException(last)
            : new LegLostException(
                $"The process of leg {order.Number} ended with code {process.ExitCode}{(last.Length > 0 ? $" ({last.TrimEnd('.')})" : "")}."
            );
    }

    private static LegMessage? Parse(string line)
    {
        try
        {
            return LegMessages.Read<LegMessage>(line);
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static async Task StopAsync(Process process)
    {
        try
        {
            process.StandardInput.Close();
            using var late = new CancellationTokenSource(Patience);
            await process.WaitForExitAsync(late.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException or IOException)
        {
            ChildProcess.Kill(process);
        }
    }

    private static async Task<string> LastLineAsync(StreamReader reader)
    {
        string last = "";
        while (await reader.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is { } line)
        {
            last = line.Length > 0 ? line : last;
        }
        return last;
    }
}
