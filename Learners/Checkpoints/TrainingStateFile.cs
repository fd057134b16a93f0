using System.Buffers;
using Environments.State;
using MessagePack;
using Protos.Foreign;

namespace Learners.Checkpoints;

/// <summary>Training state as MessagePack: an array of the format's version and a map of name → [element type, bytes].</summary>
/// <remarks>
/// Read value by value, each of the type that belongs there: nothing in a file decides what is created, and no length is trusted before
/// its bytes were seen.
/// </remarks>
internal static class TrainingStateFile
{
    private const int Version = 1;
    private const int MostEntries = 1_000_000; // some for each copy of an environment

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(StateDictionary state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(2);
        writer.Write(Version);
        writer.WriteMapHeader(state.Names.Count());
        foreach ((string name, string type, byte[] bytes) in state.Entries)
        {
            writer.Write(name);
            writer.WriteArrayHeader(2);
            writer.Write(type);
            writer.Write(bytes);
        }
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a file's bytes.</summary>
    /// <exception cref="InvalidDataException">They are no training state of this version.</exception>
    public static StateDictionary Read(byte[] file)
    {
        try
        {
            var reader = new MessagePackReader(file);
            if (reader.ReadArrayHeader() != 2 || reader.ReadInt32() is var version && version != Version)
            {
                throw new InvalidDataException($"its state is not of version {Version}, which this program reads.");
            }
            var state = new StateDictionary();
            int count = reader.ReadMapHeader();
            if (count > MostEntries)
            {
                throw new InvalidDataException($"its state has {count} entries; at most {MostEntries} are read.");
            }
            for (int i = 0; i < count; i++)
            {
                string? name = reader.ReadString();
                int parts = reader.ReadArrayHeader();
                string? type = reader.ReadString();
                byte[]? bytes = reader.ReadBytes()?.ToArray();
                if (parts != 2 || name is null || type is null || bytes is null)
                {
                    throw new InvalidDataException($"entry {i} of its state is not complete.");
                }
                state.AddRaw(name, type, bytes);
            }
            return reader.End ? state : throw new InvalidDataException("bytes follow its state.");
        }
        catch (Exception exception)
            when (exception
                    is MessagePackSerializationException
                        or EndOfStreamException
                        or InvalidOperationException
                        or ArgumentException
                        or OverflowException
            )
        {
            throw new InvalidDataException(
                $"its state is no MessagePack of the right form ({ForeignText.Show(exception.Message)})",
                exception
            );
        }
    }
}
