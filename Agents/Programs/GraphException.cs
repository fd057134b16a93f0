namespace Agents.Programs;

/// <summary>A graph that cannot be built or run. The message names the part and the operator.</summary>
/// <param name="message">What is wrong, and how to put it right.</param>
internal sealed class GraphException(string message) : Exception(message);
