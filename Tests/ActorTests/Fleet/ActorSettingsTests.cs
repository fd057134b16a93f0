using Actors.Fleet;
using Agents.Policies.Acting;
using Environments;
using Learners.Composition;
using Learners.Configuration;
using Learners.Ppo;
using Xunit;

namespace Tests.ActorTests.Fleet;

public sealed class ActorSettingsTests
{
    [Theory]
    [InlineData("acting: greedy", "greedy")]
    [InlineData("acting: sample", "sample")]
    [InlineData("", "sample")] // a learner of an earlier release
    public void Parse_SettingsOfALearner_SayHowToAct(string line, string expected) =>
        Assert.Same(ActingPolicies.Find(expected), ActorSettings.Parse(Told(line)).Acting);

    [Fact]
    public void Parse_ActingPolicyThatIsNotKnown_SuggestsTheNearest()
    {
        var error = Assert.Throws<UnknownNameException>(() => ActorSettings.Parse(Told("acting: sampel")));

        Assert.Contains("There is no acting policy 'sampel'. Did you mean 'sample'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_WhatALearnerWrites_NamesItsAgentsWay() =>
        Assert.Contains(
            "\nacting: sample\n",
            SettingsSources.WriteForActors(new TrainingSettings { Agent = new PpoSettings() }),
            StringComparison.Ordinal
        );

    private static string Told(string line) =>
        SettingsSources.Write(new TrainingSettings { Agent = new PpoSettings() }).TrimEnd() + $"\n{line}\n";
}
