using System.Threading.Channels;
using Grpc.Core;

namespace Actors.Fleet;

/// <summary>Waits for what the learner acknowledges on one stream, and takes it out of the outbox.</summary>
/// <param name="messages">What the learner says on the stream.</param>
/// <param name="outbox">The actor's unrolls.</param>
/// <param name="options">Clock and log of the actor.</param>
internal sealed class Acknowledgements(LearnerMessages messages, Outbox outbox, ActorOptions options)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Takes in what has been said so far.</summary>
    public void Take() => outbox.Acknowledge(messages.NextSafe);

    /// <summary>Waits for news; false when the learner has said goodbye. Fails as the stream failed.</summary>
    public async ValueTask<bool> HearAsync(CancellationToken cancellationToken)
    {
        try
        {
            await messages.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            await messages.Completion.ConfigureAwait(false);
        }
        Take();
        return messages.Goodbye is null && !messages.HasEnded;
    }

    /// <summary>Waits a moment until nothing is left to be acknowledged.</summary>
    public async Task HearLastAsync()
    {
        using var patience = new CancellationTokenSource(Patience, options.Clock);
        try
        {
            while (outbox.Waiting.Count > 0 && await HearAsync(patience.Token).ConfigureAwait(false)) { }
        }
        catch (OperationCanceledException)
        {
            options.Log?.Invoke($"{outbox.Waiting.Count} unrolls were not acknowledged before the end.");
        }
    }

    /// <summary>Gives the learner a moment to take in what environments recorded before they failed: the next incarnation does not send it.</summary>
    public async Task HearDeliveredAsync()
    {
        using var patience = new CancellationTokenSource(Patience, options.Clock);
        try
        {
            while (messages.NextTaken < outbox.NextSequenceNumber && await HearAsync(patience.Token).ConfigureAwait(false)) { }
        }
        catch (Exception exception) when (exception is OperationCanceledException or RpcException or IOException)
        {
            options.Log?.Invoke(
                $"Unrolls from {messages.NextTaken} to before {outbox.NextSequenceNumber} did not reach the learner."
            );
        }
    }
}
