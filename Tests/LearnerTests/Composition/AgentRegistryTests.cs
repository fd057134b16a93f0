using Environments;
using Learners.A2c;
using Learners.Composition;
using Learners.Configuration;
using Learners.Ppo;
using OwnAgent;
using Xunit;

namespace Tests.LearnerTests.Composition;

public sealed class AgentRegistryTests
{
    [Fact]
    public void Register_EveryAgentOfTheTable_IsTaken()
    {
        var registry = new AgentRegistry();

        foreach (Agent agent in AgentRegistry.Default.Agents)
        {
            registry.Register(agent);
        }

        Assert.Equal(AgentRegistry.Default.Names, registry.Names);
        Assert.All(registry.Agents, agent => Assert.Same(agent, registry.Find(agent.Name)));
    }

    [Fact]
    public void Defaults_EveryAgent_AreNewEachTimeAndEqual() =>
        Assert.All(
            AgentRegistry.Default.Agents,
            agent =>
            {
                Assert.NotSame(agent.Defaults, agent.Defaults);
                Assert.Equal(agent.Defaults, agent.Defaults);
            }
        );

    [Fact]
    public void RegisterAssembly_Sample_AddsItsAgentToTheCopyOnly()
    {
        AgentRegistry registry = AgentRegistry.Default.Copy();

        Assert.Equal(["hill"], registry.RegisterAssembly(typeof(HillClimbing).Assembly));

        Assert.Equal(AgentRegistry.Default.Names.Append("hill").Order(StringComparer.Ordinal), registry.Names);
        Assert.DoesNotContain("hill", AgentRegistry.Default.Names);
    }

    [Fact]
    public void RegisterAssembly_AgentThatIsThere_NamesBoth()
    {
        AgentRegistry registry = AgentRegistry.Default.Copy();
        registry.RegisterAssembly(typeof(HillClimbing).Assembly);

        var error = Assert.Throws<InvalidDataException>(() => registry.RegisterAssembly(typeof(HillClimbing).Assembly));

        Assert.Contains(
            "OwnAgent.HillClimbing in OwnAgent cannot be taken: There are two agents 'hill': OwnAgent.HillClimbing and",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void RegisterAssembly_AgentWithoutAConstructorToCall_SaysWhatItNeeds()
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            new AgentRegistry().RegisterAssembly(typeof(AgentRegistryTests).Assembly)
        );

        Assert.Contains(nameof(Needy), error.Message, StringComparison.Ordinal);
        Assert.Contains("Give it a public constructor without parameters", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RegisterAssembly_WithoutAgents_SaysWhatOneIs()
    {
        var error = Assert.Throws<InvalidDataException>(() =>
            new AgentRegistry().RegisterAssembly(typeof(EnvironmentRegistry).Assembly)
        );

        Assert.Contains(
            "has no agents. Derive each one from Learners.Composition.Agent",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("ppo", "There are two agents 'ppo': Learners.Ppo.PpoAgent and")]
    [InlineData("network", "is a key of every run's settings")]
    [InlineData("seed", "is a key of every run's settings")]
    [InlineData("agent", "is a key of every run's settings")]
    [InlineData("acting", "is a key of every run's settings")]
    [InlineData("", "is no agent's name")]
    [InlineData("My-Agent", "is no agent's name")]
    [InlineData("2c", "is no agent's name")]
    [InlineData("mine", "The defaults of the agent 'mine' are settings of 'a2c'")]
    public void Register_AgentThatCannotBe_SaysWhy(string name, string why)
    {
        var error = Assert.Throws<ArgumentException>(() => AgentRegistry.Default.Copy().Register(new Needy(name)));

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_UnknownName_SuggestsTheNearest()
    {
        var error = Assert.Throws<UnknownNameException>(() => AgentRegistry.Default.Find("acktor"));

        Assert.Contains("There is no agent 'acktor'. Did you mean 'acktr'?", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void With_SettingsOfTheAgent_ChangesThemAlone()
    {
        var settings = new TrainingSettings { Agent = new PpoSettings { Copies = 4 } };

        TrainingSettings changed = settings.With((PpoSettings ppo) => ppo with { Epochs = 2 });

        Assert.Equal(new PpoSettings { Copies = 4, Epochs = 2 }, changed.Agent);
        Assert.Equal(settings, changed with { Agent = settings.Agent });
    }

    [Fact]
    public void With_SettingsOfAnotherAgent_NamesBoth()
    {
        var error = Assert.Throws<InvalidOperationException>(() =>
            new TrainingSettings { Agent = new PpoSettings() }.With((A2cSettings a2c) => a2c with { Copies = 4 })
        );

        Assert.Contains(
            "The agent is ppo, whose settings are PpoSettings, not A2cSettings",
            error.Message,
            StringComparison.Ordinal
        );
    }

    private sealed class Needy(string name) : Agent
    {
        public override string Name => name;

        public override string Description => "needs a name to be made";

        public override AgentSettings Defaults => new A2cSettings();

        public override ILearner CreateLearner(LearnerContext context) => throw new NotSupportedException();
    }
}
