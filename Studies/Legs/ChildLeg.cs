using System.Diagnostics;
using Learners.Checkpoints;
using Learners.Training;
using Protos.Foreign;
using Studies.Trials;

namespace Studies.Legs;

/// <summary>The process of a leg: reads an order, trains, and tells. The end of its input asks it to save and end.</summary>
internal static class ChildLeg
{
    private static readonly TimeSpan TellInterval = TimeSpan.FromMilliseconds(200);

    /// <summary>Trains the order of the first line.</summary>
    /// <param name="root">The study's folder.</param>
    /// <param name="options">Where environments and agents are looked up.</param>
    /// <param name="input">The order, and the study's life.</param>
    /// <param name="output">What is told.</param>
    /// <param name="error">Why it failed.</param>
    /// <param name="cancellationToken">Asks it to save and end.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(
        string root,
        TrainingOptions options,
        TextReader input,
        TextWriter output,
        TextWriter error,
        CancellationToken cancellationToken
    )
    {
        string line = await input.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) ?? "";
        LegOrder order = LegMessages.Read<LegOrder>(line);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = Task.Run(
            async () =>
            {
                while (await input.ReadLineAsync(CancellationToken.None).ConfigureAwait(false) is not null) { }
                await stop.CancelAsync().ConfigureAwait(false);
            },
            CancellationToken.None
        );
        try
        {
            LegResult result = await new LegTraining(root, options)
                .RunAsync(order, new Teller(output), stop.Token)
                .ConfigureAwait(false);
            Tell(output, new LegMessage { Result = result });
            return 0;
        }
        catch (Exception exception) when (exception is CheckpointException || DiskFailure.IsOne(exception))
        {
            await error.WriteLineAsync(exception.Message.ReplaceLineEndings(" ")).ConfigureAwait(false);
            return LegMessage.DiskFailed;
        }
    }

    // A study that is gone hears nothing, which the end of the input tells.
    private static void Tell(TextWriter output, LegMessage message)
    {
        try
        {
            output.WriteLine(LegMessages.Write(message));
            output.Flush();
        }
        catch (IOException)
        {
            // See above.
        }
    }

    private sealed class Teller(TextWriter output) : IProgress<long>
    {
        private long _told;

        public void Report(long value)
        {
            if (Stopwatch.GetElapsedTime(_told) >= TellInterval)
            {
                _told = Stopwatch.GetTimestamp();
                Tell(output, new LegMessage { Steps = value });
            }
        }
    }
}
