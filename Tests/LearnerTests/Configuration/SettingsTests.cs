using Agents.Networks.Encoders;
using Agents.Programs;
using Agents.Yaml;
using Environments;
using Learners.ActorCritic;
using Learners.Composition;
using Learners.Configuration;
using Learners.Optimizers;
using Learners.Ppo;
using Xunit;

namespace Tests.LearnerTests.Configuration;

public sealed class SettingsTests
{
    public static TheoryData<string, string> Tuned => [.. TunedFiles.All];

    [Theory]
    [MemberData(nameof(Tuned))]
    public void For_EveryTunedFile_IsValidAndOfAKnownEnvironmentAndAgent(string agent, string environment)
    {
        TrainingSettings settings = TunedSettings.For(environment, agent);

        Assert.Equal(environment, settings.Environment);
        Assert.Equal(agent, settings.AgentName);
        Assert.True(EnvironmentRegistry.Default.TryFind(environment, out _));
    }

    [Fact]
    public void Tuned_ClassicTasks_HaveSettingsForBothAgents()
    {
        string[] tasks = ["CartPole-v1", "MountainCar-v0", "MountainCarContinuous-v0", "Acrobot-v1", "Pendulum-v1"];

        foreach (string agent in (string[])["a2c", "ppo"])
        {
            Assert.Superset(
                tasks.ToHashSet(),
                TunedFiles.All.Where(entry => entry.Agent == agent).Select(entry => entry.Environment).ToHashSet()
            );
        }
    }

    [Fact]
    public void Load_Assignments_WinOverTunedSettingsAndKeepTheRest()
    {
        TrainingSettings tuned = TunedSettings.For("CartPole-v1");

        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            null,
            null,
            [
                "ppo.learning_rate=2e-4",
                "total_steps=1e6",
                "network.hidden_sizes=[32, 16]",
                "network.activation=relu",
                "ppo.optimizer=rms_prop",
            ]
        );

        Assert.Equal(2e-4f, settings.Of<PpoSettings>().LearningRate);
        Assert.Equal(1_000_000, settings.TotalSteps);
        Assert.Equal([32, 16], settings.Network.HiddenSizes!);
        Assert.Equal(Activation.Relu, settings.Network.Activation);
        Assert.IsType<RmsPropSettings>(settings.Of<PpoSettings>().Optimizer);
        Assert.Equal(tuned.Of<PpoSettings>().UnrollLength, settings.Of<PpoSettings>().UnrollLength);
        Assert.Equal(tuned.Of<PpoSettings>().LearningRateSchedule, settings.Of<PpoSettings>().LearningRateSchedule);
    }

    [Fact]
    public void Write_NetworkWithConvolutions_BindsToEqualSettings()
    {
        TrainingSettings settings = SettingsSources.Load(
            "CartPole-v1",
            null,
            null,
            [
                "network.encoder=conv",
                "network.convolutions=[{channels: 8, kernel: 4, stride: 2}, {}]",
                "network.shared_trunk=true",
            ]
        );

        TrainingSettings again = Again(settings);

        Assert.Equal(settings, again);
        Assert.Equal(
            (8, 4, 2),
            (again.Network.Convolutions![0].Channels, again.Network.Convolutions[0].Kernel, again.Network.Convolutions[0].Stride)
        );
        Assert.Equal(new ConvolutionSettings(), again.Network.Convolutions[1]);
        Assert.NotEqual(settings.Network, settings.Network with { Convolutions = null });
    }

    [Fact]
    public void Write_ThenBind_GivesEqualSettings()
    {
        foreach ((string agent, string environment) in TunedFiles.All)
        {
            TrainingSettings settings = TunedSettings.For(environment, agent);

            TrainingSettings again = Again(settings);

            Assert.Equal(settings, again);
        }
    }

    [Theory]
    [InlineData("ppo.lerning_rate=1", "there is no setting 'ppo.lerning_rate'. Did you mean 'ppo.learning_rate'?")]
    [InlineData("pppo.learning_rate=1", "Did you mean 'ppo'?")]
    [InlineData("ppo.learning_rate=fast", "ppo.learning_rate is 'fast', but must be a number")]
    [InlineData("ppo.learning_rate=-1", "ppo.learning_rate is -1, but must be between 0 and 10")]
    [InlineData("ppo.learning_rate=.nan", "ppo.learning_rate")]
    [InlineData("ppo.epochs=2.5", "ppo.epochs is '2.5', but must be a whole number")]
    [InlineData("ppo.epochs=0", "ppo.epochs is 0, but must be between 1 and 1000")]
    [InlineData("ppo.minibatches=7", "7 minibatches do not divide")]
    [InlineData("network.activation=tanhh", "must be one of tanh, relu")]
    [InlineData("network.hidden_sizes=64", "must be a list")]
    [InlineData("network.hidden_sizes=[0]", "A layer of 0 units")]
    [InlineData("network.encoder=cnn", "must be one of auto, mlp, conv")]
    [InlineData("network.convolutions=3", "network.convolutions must be a list")]
    [InlineData("network.convolutions=[{kernal: 3}]", "Did you mean 'network.convolutions.kernel'?")]
    [InlineData("network.convolutions=[{kernel: 0}]", "network.convolutions.kernel is 0, but must be between 1 and 64")]
    [InlineData("ppo=3", "ppo must hold keys and values")]
    [InlineData("total_steps=0", "total_steps is 0")]
    [InlineData("total_steps=99999999999999999999", "must be a whole number")]
    [InlineData("ppo.clip_value=maybe", "must be true or false")]
    [InlineData("wrappers.frame_stack=0", "wrappers.frame_stack is 0")]
    [InlineData("wrappers.previous_action_rewards=true", "Did you mean 'wrappers.previous_action_reward'?")]
    [InlineData("ppo.adam.beta1=1", "ppo.adam.beta1 is 1")]
    [InlineData("nothing", "Write key=value")]
    [InlineData("ppo.learning_rate=[1", "--set")]
    public void Load_ImpossibleAssignment_SaysWhatIsWrong(string assignment, string expected)
    {
        SettingsException exception = Assert.Throws<SettingsException>(() =>
            SettingsSources.Load("CartPole-v1", null, null, [assignment])
        );

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Load_UnknownAgent_SuggestsTheNearest()
    {
        SettingsException exception = Assert.Throws<SettingsException>(() => TunedSettings.For("CartPole-v1", "pppo"));

        Assert.Contains("Did you mean 'ppo'?", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("constant", 0.75, 2)]
    [InlineData("linear", 0, 2)]
    [InlineData("linear", 0.75, 0.5)]
    [InlineData("linear", 1.5, 0)]
    public void At_Progress_FollowsTheSchedule(string kind, double progress, double expected) =>
        Assert.Equal(expected, Schedules.At(2, new ScheduleKind(kind), progress), 1e-6);

    [Theory]
    [InlineData("ppo", "a2c.learning_rate=1e-3", "a2c.learning_rate belongs to the agent a2c")]
    [InlineData("ppo", "vmpo.pop_art=true", "vmpo.pop_art belongs to the agent vmpo")]
    [InlineData("a2c", "ppo.epochs=4", "ppo.epochs belongs to the agent ppo, but a2c is trained")]
    public void Load_AssignmentToAnotherAgent_IsRefused(string agent, string assignment, string message)
    {
        SettingsException error = Assert.Throws<SettingsException>(() =>
            SettingsSources.Load("CartPole-v1", agent, null, [assignment])
        );

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FileWithTheSectionOfAnotherAgent_IsRefusedByItsName()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.In("own.yaml"), "agent: ppo\na2c: { learning_rate: 1e-3 }");

        SettingsException error = Assert.Throws<SettingsException>(() =>
            SettingsSources.Load("CartPole-v1", null, folder.In("own.yaml"), [])
        );

        Assert.StartsWith($"{folder.In("own.yaml")}: a2c.learning_rate belongs", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ConfigOfARun_IsTakenAsItIs()
    {
        using var folder = new TemporaryFolder();
        TrainingSettings settings = TunedSettings.For("Pendulum-v1", "acktr");
        File.WriteAllText(folder.In("config.yaml"), SettingsSources.Write(settings));

        Assert.Equal(settings, SettingsSources.Load(null, null, folder.In("config.yaml"), []));
    }

    [Theory]
    [InlineData(false, "fleet.queue_batches would do nothing", "fleet.queue_batches=4")]
    [InlineData(false, "train with 'agents learner'", "fleet={lock_step: true}")]
    [InlineData(true, "network.transformer.layers would do nothing", "network.transformer.layers=2")]
    [InlineData(true, "the core is lstm", "network.core=lstm", "network.transformer.layers=2")]
    [InlineData(true, null, "network.core=gtrxl", "network.transformer.layers=2")]
    [InlineData(true, null, "fleet.queue_batches=4")]
    [InlineData(false, null, "network.core=lstm")]
    public void Load_KeyThatNothingWouldRead_IsRefused(bool isFleet, string? expected, params string[] assignments)
    {
        using var folder = new TemporaryFolder();
        var own = new YamlDotNet.RepresentationModel.YamlMappingNode();
        foreach (string assignment in assignments)
        {
            StrictYaml.Assign(own, assignment);
        }
        File.WriteAllText(folder.In("own.yaml"), StrictYaml.Write(own));
        foreach ((string? file, string[] single) in ((string?, string[])[])[(null, assignments), (folder.In("own.yaml"), [])])
        {
            var error =
                Record.Exception(() => SettingsSources.Load("CartPole-v1", "ppo", file, single, isFleet: isFleet))
                as SettingsException;

            Assert.Equal(expected is null, error is null);
            Assert.Contains(expected ?? "", error?.Message ?? "", StringComparison.Ordinal);
        }
    }

    // What nobody wrote by hand may hold sections that this run does not read; what is set beside it may not.
    [Fact]
    public void Load_ConfigOfAFleetsRun_BeginsARunInOneProcess()
    {
        using var folder = new TemporaryFolder();
        TrainingSettings settings = TunedSettings.For("CartPole-v1", "impala") with
        {
            Fleet = new FleetSettings { QueueBatches = 4 },
        };
        string file = folder.In("config.yaml");
        File.WriteAllText(file, SettingsSources.Write(settings));

        Assert.Equal(settings, SettingsSources.Load(null, null, file, [], isFleet: false));
        foreach (string assignment in (string[])["fleet.journal=true", "network.transformer.heads=2"])
        {
            Assert.Throws<SettingsException>(() => SettingsSources.Load(null, null, file, [assignment], isFleet: false));
        }
    }

    // Tuned settings of the environment are for a transformer, which the command line replaces.
    [Fact]
    public void Load_OtherCoreThanTheTunedOne_LeavesItsSettingsAlone() =>
        Assert.Equal("lstm", SettingsSources.Load("Memory/Recall-v0", "ppo", null, ["network.core=lstm"]).Network.Core);

    [Fact]
    public void AgentNames_EveryAgent_HasTheSectionOfItsName()
    {
        Assert.All(
            AgentRegistry.Default.Agents,
            agent =>
            {
                string text = SettingsSources.Write(new TrainingSettings { Agent = agent.Defaults });
                Assert.Contains($"\nagent: {agent.Name}\n", text, StringComparison.Ordinal);
                Assert.Contains($"\n{agent.Name}:\n", text, StringComparison.Ordinal);
                Assert.NotEmpty(agent.Description);
            }
        );
    }

    public static TheoryData<string> RealSettings =>
        [
            .. AgentRegistry
                .Default.Agents.SelectMany(agent => KeysOf(new TrainingSettings { Agent = agent.Defaults }, ""))
                .Distinct(),
        ];

    [Theory]
    [MemberData(nameof(RealSettings))]
    public void Load_RealNumberThatIsNotFinite_IsRefusedByItsName(string key)
    {
        string agent =
            AgentRegistry.Default.Names.FirstOrDefault(name => key.StartsWith(name + ".", StringComparison.Ordinal)) ?? "ppo";
        foreach (string value in (string[])["nan", ".nan", ".inf", "-.inf", "Infinity", "1e400"])
        {
            SettingsException error = Assert.Throws<SettingsException>(() =>
                SettingsSources.Load("CartPole-v1", agent, null, [$"{key}={value}"])
            );

            Assert.Contains(key, error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(1, 4, 3, false)]
    [InlineData(1, 1, 0, false)]
    [InlineData(1, 4, 2, true)]
    [InlineData(2, 4, 3, true)]
    public void Load_VmpoWithABurnIn_NeedsTwoSamplesToChooseFrom(int copies, int steps, int burnIn, bool possible)
    {
        string[] given = ["network.core=lstm", $"vmpo.copies={copies}", $"vmpo.unroll_length={steps}", $"vmpo.burn_in={burnIn}"];

        SettingsException? error =
            Record.Exception(() => SettingsSources.Load("CartPole-v1", "vmpo", null, given)) as SettingsException;

        Assert.Equal(possible, error is null);
        Assert.True(
            possible || error!.Message.Contains("the better half of a single sample is nothing", StringComparison.Ordinal)
        );
    }

    private static TrainingSettings Again(TrainingSettings settings) =>
        SettingsSources.Bind(StrictYaml.Parse(SettingsSources.Write(settings), "text"), "text", AgentRegistry.Default);

    private static IEnumerable<string> KeysOf(object record, string path)
    {
        foreach (RecordProperty property in StrictYaml.Settable(record.GetType()))
        {
            object? value = property.GetValue(record);
            string key = path + StrictYaml.PlaceOf(property, value);
            Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (type == typeof(float) || type == typeof(double))
            {
                yield return key;
            }
            else if (value is not null && !StrictYaml.IsScalar(type) && !type.IsArray)
            {
                foreach (string inner in KeysOf(value, key + "."))
                {
                    yield return inner;
                }
            }
        }
    }
}
