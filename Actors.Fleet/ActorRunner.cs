using Grpc.Core;
using Grpc.Net.Client;
using Protos.Fleet;
using Protos.Rpc;

namespace Actors.Fleet;

/// <summary>An actor: steps environments with recent parameters and streams unrolls to a learner, whatever happens to either.</summary>
/// <remarks>
/// Losing the learner costs nothing: the environments wait, and unrolls without acknowledgement are sent again. Environments that hang or
/// fail are made anew under a new incarnation, so that no episode is put together from two halves.
/// </remarks>
public static class ActorRunner
{
    private const int MaxFailuresInARow = 5;

    // A name is free a few seconds after its last holder is gone; whoever waits for it should not be late by another few.
    private static readonly TimeSpan LongestWaitForAName = TimeSpan.FromSeconds(1);

    /// <summary>Acts until the run is complete or the token is cancelled.</summary>
    /// <param name="options">How to reach the learner.</param>
    /// <param name="cancellationToken">Ends the actor after the running unroll.</param>
    /// <exception cref="ActorRejectedException">The learner turned the actor away, was away for too long, or the environments fail again and again.</exception>
    /// <exception cref="ArgumentException">The address is none, or a file is missing.</exception>
    public static async Task<ActorResult> RunAsync(ActorOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        using GrpcChannel channel = FleetChannel.Open(
            options.Learner,
            options.Token,
            options.AuthorityFile,
            options.CertificateFile,
            options.KeyFile
        );
        using var session = new ActorSession(options, channel.CreateCallInvoker());
        var backOff = new BackOff((ulong)options.Id.GetHashCode(StringComparison.Ordinal));
        long away = options.Clock.GetTimestamp();
        int failures = 0;
        long unrolls = 0;
        string? told = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            string reason;
            TimeSpan longestWait = TimeSpan.MaxValue;
            try
            {
                Goodbye? goodbye = await session.StreamAsync(backOff.Reset, cancellationToken).ConfigureAwait(false);
                switch (goodbye?.Reason)
                {
                    case Goodbye.Types.Reason.RunCompleted:
                        return session.Result(completed: true);
                    case Goodbye.Types.Reason.Quarantined or Goodbye.Types.Reason.Replaced or Goodbye.Types.Reason.NotWelcome:
                        throw new ActorRejectedException($"The learner turned actor '{options.Id}' away: {goodbye.Detail}");
                    case Goodbye.Types.Reason.TryLater:
                        reason = goodbye.Detail;
                        longestWait = LongestWaitForAName;
                        if (reason != told)
                        {
                            told = reason;
                            options.Log?.Invoke($"{reason} Trying again …");
                        }
                        break;
                    default:
                        reason = goodbye?.Detail ?? "The learner ended the stream.";
                        break;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (RpcException exception) when (exception.StatusCode == StatusCode.Unauthenticated)
            {
                throw new ActorRejectedException(
                    "The learner does not accept this actor's token. Give the learner's token with --token-file or the variable AGENTS_TOKEN.",
                    exception
                );
            }
            catch (RpcException) when (cancellationToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
                when (exception is RpcException or IOException or HttpRequestException or InvalidDataException)
            {
                reason = exception is RpcException rpc ? RpcFailures.Describe(rpc) : exception.Message;
            }
            catch (EnvironmentsFailedException exception)
            {
                bool progressed = session.Result(completed: false).Unrolls > unrolls;
                unrolls = session.Result(completed: false).Unrolls;
                failures = progressed ? 1 : failures + 1;
                if (failures >= MaxFailuresInARow)
                {
                    throw new ActorRejectedException(
                        $"The environments failed {failures} times in a row, the last time because {exception.Message}",
                        exception
                    );
                }
                options.Log?.Invoke($"Environments are made anew: {exception.Message}");
                continue;
            }
            if (!session.WasConnected && told is null)
            {
                told = reason;
                options.Log?.Invoke($"Waiting for the learner at {options.Learner} ({reason.TrimEnd('.')}) …");
            }
            if (session.WasConnected)
            {
                told = null;
                away = options.Clock.GetTimestamp();
                options.Log?.Invoke($"Lost the learner: {reason} Trying again …");
            }
            if (options.Patience is { } patience && options.Clock.GetElapsedTime(away) > patience)
            {
                throw new ActorRejectedException(
                    $"The learner at {options.Learner} could not be reached within {patience.TotalSeconds:0} s: {reason.TrimEnd('.')}. Is it running, and is the address right?"
                );
            }
            TimeSpan wait = backOff.Next();
            await WaitAsync(wait < longestWait ? wait : longestWait, options.Clock, cancellationToken).ConfigureAwait(false);
        }
        return session.Result(completed: false);
    }

    private static Task WaitAsync(TimeSpan time, TimeProvider clock, CancellationToken cancellationToken) =>
        Task.Delay(time, clock, cancellationToken)
            .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}
