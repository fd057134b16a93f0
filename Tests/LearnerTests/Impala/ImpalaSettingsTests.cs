using Agents.Yaml;
using Learners.Configuration;
using Learners.Impala;
using Learners.Returns;
using Xunit;

namespace Tests.LearnerTests.Impala;

public sealed class ImpalaSettingsTests
{
    [Theory]
    [InlineData("impala.trace_clip=2", "V-trace needs c ≤ ρ")]
    [InlineData("impala.epochs=2", "epochs of the plain policy gradient")]
    [InlineData("impala.minibatches=3", "3 minibatches do not divide")]
    [InlineData("impala.policy_lag=2", "policy_lag")]
    [InlineData("impala.rho_clip=0", "rho_clip")]
    public void Load_SettingsThatContradict_SaySo(string assignment, string expected)
    {
        SettingsException exception = Assert.Throws<SettingsException>(() =>
            SettingsSources.Load("Acrobot-v1", "impala", null, [assignment, "impala.copies=32", "impala.unroll_length=20"])
        );

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OffPolicyClips_PolicyLossWithARatioOfItsOwn_LeavesAdvantagesUnweighted()
    {
        var plain = new ImpalaSettings
        {
            RhoClip = 3,
            TraceClip = 2,
            PolicyGradientRhoClip = 4,
        };

        Assert.Equal(new VTraceClips(3, 2, 4), plain.OffPolicyClips);
        Assert.Equal(new VTraceClips(3, 2, 4) { WeighAdvantages = false }, (plain with { ClipRange = 0.2f }).OffPolicyClips);
    }
}
