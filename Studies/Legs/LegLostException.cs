namespace Studies.Legs;

/// <summary>Whoever trained a leg is gone without a word: its process was killed, or its machine is away. The leg can be done again from its last checkpoint.</summary>
/// <param name="message">What was seen.</param>
internal sealed class LegLostException(string message) : Exception(message);
