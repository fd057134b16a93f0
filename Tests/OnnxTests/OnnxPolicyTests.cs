using Agents.Networks.Cores;
using Agents.Networks.Encoders;
using Agents.Policies;
using Xunit;

namespace Tests.OnnxTests;

/// <summary>A model in ONNX Runtime acts as the policy that it was made of, step by step, through ends of episodes.</summary>
public sealed class OnnxPolicyTests
{
    public static TheoryData<string> Names => [.. OnnxCases.All.Keys];

    public static TheoryData<string> NamesWithMemory =>
        [
            .. OnnxCases
                .All.Where(entry =>
                {
                    using SavedPolicy policy = entry.Value();
                    return policy.CoreStateSize > 0;
                })
                .Select(entry => entry.Key),
        ];

    public static TheoryData<string> NamesOfActions =>
        [
            .. OnnxCases.All.Keys.Where(name =>
                name.StartsWith("actions", StringComparison.Ordinal) || name.StartsWith("mixture", StringComparison.Ordinal)
            ),
        ];

    // Layer normalisations of rows that hardly vary, and streams that grow, make rounding larger; where it comes back by the memory it goes on growing.
    private static readonly (string Prefix, double InAStep, double Later)[] Tolerances =
    [
        ("core fs_rnn", 1e-5, 2e-3),
        ("core gtrxl, Input", 3e-5, 2e-4),
        ("", 1e-5, 1e-5),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Model_GivenThePolicysState_ActsAsThePolicyInEachStep(string name)
    {
        using SavedPolicy policy = OnnxCases.All[name]();

        OnnxComparison.Play(policy, isCorrected: true, tolerance: TolerancesOf(name).InAStep);
    }

    [Theory]
    [MemberData(nameof(NamesWithMemory))]
    public void Model_GoingOnFromItsOwnState_ActsAsThePolicy(string name)
    {
        using SavedPolicy policy = OnnxCases.All[name]();

        OnnxComparison.Play(policy, tolerance: TolerancesOf(name).Later);
    }

    [Theory]
    [MemberData(nameof(NamesOfActions))]
    public void SampledModel_WithThePolicysNoise_DrawsWhatThePolicyDraws(string name)
    {
        using SavedPolicy policy = OnnxCases.All[name]();

        OnnxComparison.Play(policy, isSampled: true);
    }

    [Fact]
    public void Cases_OfCoresAndEncoders_AreAllThatThereAre()
    {
        using IEnumerator<SavedPolicy> policies = OnnxCases.All.Values.Select(create => create()).GetEnumerator();
        var cores = new HashSet<string>();
        var encoders = new HashSet<EncoderKind>();
        while (policies.MoveNext())
        {
            cores.Add(policies.Current.Network.Core);
            encoders.Add(policies.Current.Network.Encoder);
            policies.Current.Dispose();
        }

        Assert.Equal(MemoryCores.All.Select(entry => entry.Name).Order(), cores.Order());
        Assert.Equal(Enum.GetValues<EncoderKind>(), encoders.Order());
    }

    private static (string Prefix, double InAStep, double Later) TolerancesOf(string name) =>
        Array.Find(Tolerances, tolerance => name.StartsWith(tolerance.Prefix, StringComparison.Ordinal));
}
