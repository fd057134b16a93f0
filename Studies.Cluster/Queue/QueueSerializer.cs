using System.Text.Json;
using Orleans.Storage;

namespace Studies.Cluster.Queue;

/// <summary>Plain JSON in the table: what it holds names no types, so that whoever writes there has none made.</summary>
internal sealed class QueueSerializer : IGrainStorageSerializer
{
    /// <inheritdoc/>
    public BinaryData Serialize<T>(T? input) => new(JsonSerializer.SerializeToUtf8Bytes(input));

    /// <inheritdoc/>
    public T Deserialize<T>(BinaryData input) => JsonSerializer.Deserialize<T>(input)!;
}
