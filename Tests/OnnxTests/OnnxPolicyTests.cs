using Agents.Networks.Cores;
using Agents.Networks.Encoders;
using Agents.Policies;
using Xunit;

namespace Tests.OnnxTests;

/// <summary>A model in ONNX Runtime acts as the policy that it was made of, step by step, through ends of episodes.</summary>
public sealed class OnnxPolicyTests
{
    public static TheoryData<string> Names => [.. OnnxCases.All.Keys];

    public static TheoryData<string> NamesOfActions =>
        [.. OnnxCases.All.Keys.Where(name => name.StartsWith("actions", StringComparison.Ordinal) || name.StartsWith("mixture", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Model_OfEveryPolicy_ActsAsThePolicy(string name)
    {
        using SavedPolicy policy = OnnxCases.All[name]();

        double open = OnnxComparison.Play(policy, isCorrected: true, tolerance: 1);
        double difference = OnnxComparison.Play(policy, tolerance: 1);
        File.AppendAllText("/tmp/d/onnx/diffs.txt", $"{name}: {open:E1} {difference:E1}\n");
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
}
