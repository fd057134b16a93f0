using System.Text.Json.Nodes;
using Agents.Networks;
using Agents.Onnx;
using Agents.Policies;
using Environments.Spaces;
using Environments.Wrappers;
using Xunit;

namespace Tests.OnnxTests;

/// <summary>What a model takes, gives and says.</summary>
public sealed class OnnxExporterTests
{
    private static readonly NetworkSettings Lstm = new()
    {
        HiddenSizes = [6],
        Core = "lstm",
        CoreSize = 4,
    };

    [Fact]
    public void Export_WithoutMemory_TakesObservationsAndGivesActions()
    {
        using SavedPolicy policy = PolicyOf(new Box(-1, 1, 4), new Discrete(3), new NetworkSettings());

        OnnxModel model = OnnxExporter.Export(policy);

        OnnxTensor input = Assert.Single(model.Inputs);
        Assert.Equal(("observation", "float32 [batch, 4]"), (input.Name, input.Type));
        OnnxTensor output = Assert.Single(model.Outputs);
        Assert.Equal(("action", "int64 [batch]"), (output.Name, output.Type));
        Assert.Equal(model.ToBytes().Length, model.SizeInBytes);
    }

    [Fact]
    public void Export_WithoutValue_LeavesTheCriticOut()
    {
        using SavedPolicy policy = PolicyOf(new Box(-1, 1, 4), new Discrete(3), Lstm);

        OnnxModel acting = OnnxExporter.Export(policy);
        OnnxModel all = OnnxExporter.Export(policy, new OnnxExportOptions { Value = true });

        Assert.Equal(["observation", "core_state.actor.core", "episode_start"], acting.Inputs.Select(input => input.Name));
        Assert.Equal(["action", "next_core_state.actor.core"], acting.Outputs.Select(output => output.Name));
        Assert.Equal(
            ["action", "value", "next_core_state.actor.core", "next_core_state.critic.core"],
            all.Outputs.Select(output => output.Name)
        );
        Assert.True(acting.SizeInBytes < 0.7 * all.SizeInBytes, $"{acting.SizeInBytes} and {all.SizeInBytes} bytes");
        Assert.Equal(8, acting.Inputs[1].Shape[1]);
    }

    [Fact]
    public void Export_OfADictionary_TakesEachEntryInItsOwnForm()
    {
        var space = new Dict(
            KeyValuePair.Create<string, Space>("picture", new Box(0, 255, 5, 4, 3) { ElementType = ElementType.UInt8 }),
            KeyValuePair.Create<string, Space>("inner", new Dict(KeyValuePair.Create<string, Space>("cell", new Discrete(6)))),
            KeyValuePair.Create<string, Space>("bits", new MultiBinary(2))
        );
        using SavedPolicy policy = PolicyOf(space, new Box(-1, 1, 2, 3), new NetworkSettings { HiddenSizes = [5] });

        OnnxModel model = OnnxExporter.Export(policy, new OnnxExportOptions { Sampled = true, Distribution = true });

        Assert.Equal(
            [
                "observation.picture: uint8 [batch, 5, 4, 3]",
                "observation.inner.cell: int64 [batch]",
                "observation.bits: int64 [batch, 2]",
                "noise: float32 [batch, 6]",
            ],
            model.Inputs.Select(input => $"{input.Name}: {input.Type}")
        );
        Assert.Equal(
            ["action: float32 [batch, 2, 3]", "mean: float32 [batch, 6]", "log_std: float32 [batch, 6]"],
            model.Outputs.Select(output => $"{output.Name}: {output.Type}")
        );
    }

    [Fact]
    public void Metadata_OfAModel_SaysWhatTheCallerHasToKnow()
    {
        var info = new PolicyInfo
        {
            Agent = "ppo",
            Environment = "Test-v0",
            FrameStack = 4,
            FrameSkip = 2,
            PreviousActionReward = true,
            Skills = 3,
            ParameterVersion = 17,
            Options = new OptionSettings { Path = "x", Horizon = 5 },
        };
        using SavedPolicy policy = PolicyOf(new Box([-1, float.NegativeInfinity], [1, 2]), new MultiDiscrete(2, 3), Lstm, info);

        OnnxModel model = OnnxExporter.Export(policy, new OnnxExportOptions { Sampled = true });

        Assert.Equal("Test-v0", model.Metadata["environment"]);
        Assert.Equal("sample", model.Metadata["acting"]);
        Assert.Equal("4", model.Metadata["frame_stack"]);
        Assert.Equal("17", model.Metadata["parameter_version"]);
        Assert.Equal(policy.ParameterHash, model.Metadata["parameters_sha256"]);
        Assert.Equal(
            """{"type":"box","shape":[2],"element_type":"float32","low":[-1,null],"high":[1,2]}""",
            model.Metadata["observation_space"]
        );
        Assert.Equal("""{"type":"multi_discrete","counts":[2,3]}""", model.Metadata["action_space"]);
        JsonNode wrappers = JsonNode.Parse(model.Metadata["wrappers"])!;
        Assert.Equal(4, (int)wrappers["frame_stack"]!);
        Assert.Equal(5, (int)wrappers["options"]!["horizon"]!);
        JsonNode state = JsonNode.Parse(model.Metadata["core_state"])!.AsArray().Single()!;
        Assert.Equal("core_state.actor.core", (string)state["input"]!);
        Assert.Equal(8, (int)state["size"]!);
        Assert.Equal(["output", "cell"], state["parts"]!.AsArray().Select(part => (string)part!["name"]!));
        string instructions = string.Join('\n', model.Instructions);
        foreach (
            string word in (string[])
                [
                    "Stack the last 4",
                    "previous action",
                    "skill from 0 to 2",
                    "for 2 steps",
                    "for 5 steps",
                    "zeros",
                    "episode_start",
                    "uniformly",
                ]
        )
        {
            Assert.Contains(word, instructions);
        }
    }

    [Fact]
    public void Model_WithAnyNumberOfCopies_GivesEachWhatItGivesAlone()
    {
        using SavedPolicy policy = PolicyOf(new Box(-1, 1, 4), new Discrete(3), new NetworkSettings { HiddenSizes = [6] });
        OnnxModel model = OnnxExporter.Export(policy, new OnnxExportOptions { Distribution = true });
        using var five = new OnnxPlayer(model, 5);
        using var one = new OnnxPlayer(model, 1);
        float[] observations = [.. Enumerable.Range(0, 20).Select(i => 0.1f * i - 1)];

        float[] together = five.Step(observations, new bool[5])["logits"];

        for (int row = 0; row < 5; row++)
        {
            float[] alone = one.Step(observations[(row * 4)..(row * 4 + 4)], new bool[1])["logits"];
            Assert.Equal(together[(row * 3)..(row * 3 + 3)], alone, (a, b) => Math.Abs(a - b) < 1e-6);
        }
    }

    [Fact]
    public void Export_OfTheSamePolicy_GivesTheSameBytes()
    {
        using SavedPolicy policy = PolicyOf(new Box(-1, 1, 4), new Discrete(3), Lstm);

        Assert.Equal(OnnxExporter.Export(policy).ToBytes(), OnnxExporter.Export(policy).ToBytes());
    }

    private static SavedPolicy PolicyOf(Space observations, Space actions, NetworkSettings settings, PolicyInfo? info = null)
    {
        using SavedPolicy policy = OnnxComparison.PolicyOf(new NetworkSpec(observations, actions, settings));
        return new SavedPolicy(info ?? policy.Info, policy.ActingNetwork.Spec, policy.Parameters, null);
    }
}
