using System.Diagnostics.CodeAnalysis;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Yaml;

[assembly: RecordShapes(typeof(Agents.Policies.PolicyDocument))]

namespace Agents.Policies;

/// <summary>The contents of <c>policy.yaml</c>.</summary>
internal sealed record PolicyDocument : PolicyInfo
{
    public const int CurrentFormat = 2;

    /// <summary>An empty document, for a file to be read into.</summary>
    [SetsRequiredMembers]
    public PolicyDocument() => (Agent, Environment) = ("", "");

    /// <summary>The document of a policy.</summary>
    [SetsRequiredMembers]
    public PolicyDocument(PolicyInfo info)
        : base(info) { }

    public int Format { get; init; } = CurrentFormat;
    public SpaceDocument ObservationSpace { get; init; } = new();
    public SpaceDocument ActionSpace { get; init; } = new();
    public NetworkSettings Network { get; init; } = new();
    public bool NormalizeObservations { get; init; }
    public string WeightsSha256 { get; init; } = "";

    /// <summary>The same policy in the current format.</summary>
    public PolicyDocument Upgraded() =>
        Format == CurrentFormat ? this : this with { Format = CurrentFormat, Network = InFirstFormat(Network) };

    /// <summary>What settings of the first format meant: actions were never scaled, and only bytes were images by themselves.</summary>
    public static NetworkSettings InFirstFormat(NetworkSettings network) =>
        network with
        {
            ScaleActions = false,
            Encoder = network.Encoder == EncoderKind.Auto ? EncoderKind.ConvBytes : network.Encoder,
        };
}
