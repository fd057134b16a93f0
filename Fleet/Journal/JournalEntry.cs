using Protos;

namespace Fleet.Journal;

/// <summary>A record of a journal as it lies in its file.</summary>
/// <param name="Header">Whose unroll it is.</param>
/// <param name="Received">When the learner received it.</param>
/// <param name="Message">An <c>UnrollMessage</c>; valid until the next entry is read.</param>
/// <param name="Segment">Number of the segment.</param>
internal readonly record struct JournalEntry(
    UnrollHeader Header,
    DateTimeOffset Received,
    ReadOnlyMemory<byte> Message,
    long Segment
);
