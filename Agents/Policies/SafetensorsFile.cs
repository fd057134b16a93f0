namespace Agents.Policies;

/// <summary>What a safetensors file holds.</summary>
/// <param name="Arrays">The arrays in the order of their data, which is the order they were written in.</param>
/// <param name="Metadata">Text about the file, by name; empty when there is none.</param>
internal sealed record SafetensorsFile(IReadOnlyList<NamedArray> Arrays, IReadOnlyDictionary<string, string> Metadata);
