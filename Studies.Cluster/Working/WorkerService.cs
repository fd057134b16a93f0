using Agents.Files;
using Grpc.Core;
using Protos.Foreign;
using Studies.Cluster.Queue;
using Studies.Cluster.Transfer;
using Studies.Legs;

namespace Studies.Cluster.Working;

/// <summary>The workers' port: orders and folders of legs that this worker holds, and nothing else.</summary>
/// <param name="desk">The legs.</param>
/// <param name="scratch">Where folders arrive.</param>
internal sealed class WorkerService(LegDesk desk, string scratch) : Worker.WorkerBase
{
    /// <inheritdoc/>
    public override async Task<BeginReply> Begin(IAsyncStreamReader<Piece> requestStream, ServerCallContext context)
    {
        string arriving = Path.Combine(scratch, $"arriving-{Guid.NewGuid():N}");
        try
        {
            (LegKey key, LegOrder order) = await ReadOrderAsync(requestStream, context.CancellationToken).ConfigureAwait(false);
            await FolderReceiver
                .ReceiveAsync(
                    TransferStatus.ReadAllAsync(requestStream, context.CancellationToken),
                    [.. order.Reads],
                    arriving,
                    context.CancellationToken
                )
                .ConfigureAwait(false);
            return desk.Begin(key, order, arriving) ? new BeginReply() : throw NotHeld();
        }
        catch (InvalidDataException exception)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, ForeignText.Show(exception.Message)));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, ForeignText.Show(exception.Message)));
        }
        finally
        {
            AtomicFolder.TryDelete(arriving);
        }
    }

    /// <inheritdoc/>
    public override async Task Fetch(FetchRequest request, IServerStreamWriter<Piece> responseStream, ServerCallContext context)
    {
        (string root, string folder) = desk.FolderOf(TransferStatus.Read(request.Held)) ?? throw NotHeld();
        try
        {
            await FolderSender.SendAsync(root, [folder], responseStream, context.CancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is trained in; whoever asked asks again.
            throw new RpcException(new Status(StatusCode.Aborted, ForeignText.Show(exception.Message)));
        }
    }

    private async Task<(LegKey Key, LegOrder Order)> ReadOrderAsync(
        IAsyncStreamReader<Piece> pieces,
        CancellationToken cancellationToken
    )
    {
        if (!await pieces.MoveNext(cancellationToken).ConfigureAwait(false) || pieces.Current.Order is not { } first)
        {
            throw new InvalidDataException("The stream does not begin with an order.");
        }
        LegKey key = TransferStatus.Read(first.Held);
        // Before anything is received: who has nothing to begin here fills no disk.
        if (desk.IsWaiting(key) != true)
        {
            throw NotHeld();
        }
        LegOrder order = LegMessages.Read<LegOrder>(first.Text);
        string?[] folders = [order.Folder, order.Begin, order.CopyOf];
        return Array.TrueForAll(folders, folder => folder is null || FolderReceiver.IsPlainName(folder))
            ? (key, order)
            : throw new InvalidDataException("The order names a folder outside of its study.");
    }

    private static RpcException NotHeld() =>
        new(new Status(StatusCode.FailedPrecondition, "This worker does not hold the leg, or has begun it."));
}
