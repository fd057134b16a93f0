using Agents.Networks;
using Agents.Policies;

namespace Learners.Models;

/// <summary>The contents of <c>network.yaml</c>.</summary>
internal sealed record NetworkDocument
{
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;
    public string Task { get; init; } = "";
    public SpaceDocument Inputs { get; init; } = new();
    public NetworkSettings Network { get; init; } = new();
    public long Updates { get; init; }
    public ulong Seed { get; init; }
    public string WeightsSha256 { get; init; } = "";
}
