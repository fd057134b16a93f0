using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies.Acting;

namespace Agents.Policies;

/// <summary>The contents of <c>policy.yaml</c>.</summary>
internal sealed record PolicyDocument
{
    public const int CurrentFormat = 2;

    public int Format { get; init; } = CurrentFormat;
    public string Agent { get; init; } = "";
    public string Environment { get; init; } = "";

    /// <summary>Name of the acting policy; documents of earlier releases have none, and sample.</summary>
    public string Acting { get; init; } = ActingPolicies.Sample.Name;
    public SpaceDocument ObservationSpace { get; init; } = new();
    public SpaceDocument ActionSpace { get; init; } = new();
    public NetworkSettings Network { get; init; } = new();
    public bool NormalizeObservations { get; init; }

    [Range(1, 64)]
    public int FrameStack { get; init; } = 1;
    public bool PreviousActionReward { get; init; }

    [Range(1, 1_000)]
    public int FrameSkip { get; init; } = 1;

    [Range(0, 0.99)]
    public double StickyActions { get; init; }

    [Range(0, 10_000)]
    public int NoopMax { get; init; }

    [Range(1e-9f, 1e9f)]
    public float ObservationScale { get; init; } = 1;
    public long ParameterVersion { get; init; }
    public long EnvironmentSteps { get; init; }
    public ulong Seed { get; init; }
    public int Episodes { get; init; }
    public double? MeanReturn { get; init; }
    public double? StdReturn { get; init; }
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
