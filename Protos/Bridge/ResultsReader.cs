using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;
using Protos.Fleet;

namespace Protos.Bridge;

/// <summary>Reads the message <c>Results</c> straight into the arrays of a batch, and says what is wrong with it instead of throwing.</summary>
internal static class ResultsReader
{
    /// <summary>Reads one message. Arrays are only written where nothing is wrong.</summary>
    /// <param name="message">The message without tag and length.</param>
    /// <param name="results">Destination.</param>
    /// <returns>What is wrong, one line; null where all is well.</returns>
    public static string? Read(ReadOnlySequence<byte> message, StepResults results)
    {
        ReadOnlySequence<byte> observations = default;
        ReadOnlySequence<byte> rewards = default;
        ReadOnlySequence<byte> terminated = default;
        ReadOnlySequence<byte> truncated = default;
        ReadOnlySequence<byte> finalObservations = default;
        results.FinalInfos.Clear();
        results.FinalPictures.Clear();
        results.SharesMemory = false;
        results.SharedMemory = null;
        results.ServerSeconds = 0;
        Span<byte> seconds = stackalloc byte[sizeof(double)];
        foreach (WireField field in new WireFields(message))
        {
            if (field.IsDamaged)
            {
                return "the answer is damaged";
            }
            switch (field.Number)
            {
                case Results.ObservationsFieldNumber:
                    observations = field.Content;
                    break;
                case Results.RewardsFieldNumber:
                    rewards = field.Content;
                    break;
                case Results.TerminatedFieldNumber:
                    terminated = field.Content;
                    break;
                case Results.TruncatedFieldNumber:
                    truncated = field.Content;
                    break;
                case Results.FinalObservationsFieldNumber:
                    finalObservations = field.Content;
                    break;
                case Results.FinalInfosFieldNumber when TryParse(FinalInfo.Parser, field.Content, out FinalInfo? info):
                    results.FinalInfos.Add(info!);
                    break;
                case Results.FinalPicturesFieldNumber when TryParse(Picture.Parser, field.Content, out Picture? picture):
                    results.FinalPictures.Add(picture!);
                    break;
                case Results.SharedMemoryFieldNumber when TryParse(SharedMemory.Parser, field.Content, out SharedMemory? memory):
                    results.SharedMemory = memory;
                    break;
                case Results.FinalInfosFieldNumber or Results.FinalPicturesFieldNumber or Results.SharedMemoryFieldNumber:
                    return "the answer is damaged";
                case Results.SharesMemoryFieldNumber:
                    results.SharesMemory = field.Content.FirstSpan is not [0];
                    break;
                case Results.ServerSecondsFieldNumber when field.Content.Length == sizeof(double):
                    field.Content.CopyTo(seconds);
                    results.ServerSeconds = BinaryPrimitives.ReadDoubleLittleEndian(seconds);
                    break;
            }
        }
        return results.SharesMemory ? null : ReadArrays(observations, rewards, terminated, truncated, finalObservations, results);
    }

    private static string? ReadArrays(
        ReadOnlySequence<byte> observations,
        ReadOnlySequence<byte> rewards,
        ReadOnlySequence<byte> terminated,
        ReadOnlySequence<byte> truncated,
        ReadOnlySequence<byte> finalObservations,
        StepResults results
    )
    {
        int copies = results.Copies;
        string? defect =
            Defect("observations", observations.Length, (long)copies * results.RowBytes, results)
            ?? Defect("rewards", rewards.Length, (long)copies * sizeof(float), results)
            ?? Defect("terminated flags", terminated.Length, copies, results)
            ?? Defect("truncated flags", truncated.Length, copies, results);
        if (defect is not null)
        {
            return defect;
        }
        Span<byte> flags = copies <= 1024 ? stackalloc byte[2 * copies] : new byte[2 * copies];
        terminated.CopyTo(flags);
        truncated.CopyTo(flags[copies..]);
        int ended = 0;
        for (int i = 0; i < copies; i++)
        {
            ended += (flags[i] | flags[copies + i]) != 0 ? 1 : 0;
        }
        defect = Defect("final observations", finalObservations.Length, (long)ended * results.RowBytes, results);
        if (defect is not null)
        {
            return defect;
        }
        RowCopy.ReadFlags(flags[..copies], results.Terminated);
        RowCopy.ReadFlags(flags[copies..], results.Truncated);
        RowCopy.Read(observations, results.AreBytes, results.Observations);
        RowCopy.Read(rewards, areBytes: false, results.Rewards);
        for (int i = 0; i < copies && ended > 0; i++)
        {
            if (results.HasEnded(i))
            {
                Span<float> row = results.FinalObservations.AsSpan(i * results.Size, results.Size);
                RowCopy.Read(finalObservations.Slice(0, results.RowBytes), results.AreBytes, row);
                finalObservations = finalObservations.Slice(results.RowBytes);
            }
        }
        return null;
    }

    private static string? Defect(string what, long length, long needed, StepResults results) =>
        length == needed
            ? null
            : $"{length} bytes of {what} were sent for {results.Copies} copies with rows of {results.Size} {(results.AreBytes ? "bytes" : "float32 numbers")}; {needed} are needed";

    private static bool TryParse<T>(MessageParser<T> parser, ReadOnlySequence<byte> content, out T? message)
        where T : class, IMessage<T>
    {
        try
        {
            message = parser.ParseFrom(content);
            return true;
        }
        catch (InvalidProtocolBufferException)
        {
            message = null;
            return false;
        }
    }
}
