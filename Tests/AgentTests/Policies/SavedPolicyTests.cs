using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Agents.Policies.Acting;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;
using Tests.AgentTests.Networks;
using Xunit;

namespace Tests.AgentTests.Policies;

public sealed class SavedPolicyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_AfterSave_ActsBitForBitTheSame(bool normalized)
    {
        using SavedPolicy saved = Create(normalized);
        saved.Save(_folder.In("policy"));

        using SavedPolicy loaded = SavedPolicy.Load(_folder.In("policy"));

        Assert.Equal(saved.ParameterHash, loaded.ParameterHash);
        Assert.Equal(saved.Info, loaded.Info);
        Assert.Equal(saved.ObservationSpace, loaded.ObservationSpace);
        Assert.Equal(saved.ActionSpace, loaded.ActionSpace);
        Assert.Equal(saved.Network, loaded.Network);
        float[] observations = [0.3f, -2f, 1.5f, -0.1f, 4f, 0.25f];
        PolicySession first = saved.CreateSession(2, seed: 5, ActingPolicies.Sample);
        PolicySession second = loaded.CreateSession(2, seed: 5, ActingPolicies.Sample);
        Assert.Equal(first.Act(observations), second.Act(observations));
        Assert.Equal(first.Output.Values, second.Output.Values);
        Assert.Equal(first.Output.LogProbs, second.Output.LogProbs);
        Assert.True(first.Output.Values.ContainsAnyExcept(0f));
    }

    [Fact]
    public void Load_PolicyOnImages_HoldsItsConvolutionsAndActsBitForBitTheSame()
    {
        NetworkSpec spec = ImageSpecs.TwoImages();
        var random = new Pcg64(3);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        using var saved = new SavedPolicy(new PolicyInfo { Agent = "ppo", Environment = "Test-v0" }, spec, parameters, null);
        saved.Save(_folder.In("policy"));

        using SavedPolicy loaded = SavedPolicy.Load(_folder.In("policy"));

        Assert.Equal(saved.Network, loaded.Network);
        Assert.Equal([new ConvolutionSettings()], loaded.Network.Convolutions!);
        Assert.Equal(saved.ParameterHash, loaded.ParameterHash);
        var observation = new float[spec.ObservationSize];
        ImageSpecs.Sample(spec.ObservationSpace, ref random, observation);
        PolicySession first = saved.CreateSession();
        PolicySession second = loaded.CreateSession();
        first.Act(observation);
        second.Act(observation);
        Assert.Equal(first.Output.Values, second.Output.Values);
        Assert.True(first.Output.Values.ContainsAnyExcept(0f));
    }

    [Fact]
    public void Act_NormalizedPolicy_TakesRawObservations()
    {
        using SavedPolicy policy = Create(normalized: true);
        var same = new float[3];
        policy.CreateSession().Act([1, -1, 10]); // warm-up
        PolicySession session = policy.CreateSession();
        session.Act([5, 5, 5]); // the mean: zero after normalisation
        session.Output.Values.CopyTo(same);
        PolicySession zero = Create(normalized: false).CreateSession();
        zero.Act([0, 0, 0]);

        Assert.Equal(zero.Output.Values[0], session.Output.Values[0]);
    }

    [Fact]
    public void Save_OverAnExistingPolicy_ReplacesItWhole()
    {
        using SavedPolicy first = Create(normalized: true);
        using SavedPolicy second = Create(normalized: false);
        first.Save(_folder.In("policy"));

        second.Save(_folder.In("policy"));

        using SavedPolicy loaded = SavedPolicy.Load(_folder.In("policy"));
        Assert.Equal(
            ["policy.safetensors", "policy.yaml"],
            Directory.GetFiles(_folder.In("policy")).Select(Path.GetFileName).Order()
        );
        Assert.Single(Directory.GetDirectories(_folder.Path));
    }

    [Fact]
    public void Save_OverSomeoneElsesFiles_IsRefused()
    {
        Directory.CreateDirectory(_folder.In("models"));
        File.WriteAllText(_folder.In("models", "notes.txt"), "mine");
        using SavedPolicy policy = Create(normalized: false);

        IOException exception = Assert.Throws<IOException>(() => policy.Save(_folder.In("models")));

        Assert.Contains("would delete them", exception.Message, StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(_folder.In("models", "notes.txt")));
    }

    [Theory]
    [InlineData("observation_space: &a\n  type: dict\n  entries: [*a]\n", "aliases")]
    [InlineData("DEEP", "levels")]
    public void Load_DescriptionMadeToExhaustTheStack_IsRefused(string text, string expected)
    {
        SaveOne();
        text = text == "DEEP" ? "agent: " + new string('[', 200_000) : text;
        File.WriteAllText(_folder.In("policy", "policy.yaml"), text);

        PolicyFormatException exception = Assert.Throws<PolicyFormatException>(() => SavedPolicy.Load(_folder.In("policy")));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_FolderOfARun_IsItsLatestPolicy()
    {
        string weights = SaveOne();

        using SavedPolicy direct = SavedPolicy.Load(Path.GetDirectoryName(weights)!);
        using SavedPolicy ofRun = SavedPolicy.Load(_folder.Path);

        Assert.Equal(direct.ParameterHash, ofRun.ParameterHash);
    }

    [Fact]
    public void Load_NoPolicyThere_SaysExactlyWhatIsMissing()
    {
        string weights = SaveOne();
        string folder = Path.GetDirectoryName(weights)!;
        string Told(string path) => Assert.Throws<PolicyFormatException>(() => SavedPolicy.Load(path)).Message;

        Assert.StartsWith($"There is no folder '{_folder.In("none")}'.", Told(_folder.In("none")), StringComparison.Ordinal);
        Assert.StartsWith($"'{weights}' is a file.", Told(weights), StringComparison.Ordinal);
        Directory.CreateDirectory(_folder.In("empty"));
        Assert.StartsWith($"'{_folder.In("empty")}' holds no saved policy", Told(_folder.In("empty")), StringComparison.Ordinal);
        File.WriteAllText(_folder.In("empty", "config.yaml"), "");
        Assert.StartsWith(
            $"The run in '{_folder.In("empty")}' has saved no policy yet.",
            Told(_folder.In("empty")),
            StringComparison.Ordinal
        );
        File.Delete(weights);
        Assert.StartsWith($"The policy in '{folder}' lacks policy.safetensors.", Told(folder), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_EditedWeights_NamesTheFileAndTheFix()
    {
        string weights = SaveOne();
        byte[] bytes = File.ReadAllBytes(weights);
        bytes[^5] ^= 1;
        File.WriteAllBytes(weights, bytes);

        PolicyFormatException exception = Assert.Throws<PolicyFormatException>(() => SavedPolicy.Load(_folder.In("policy")));

        Assert.Contains("is not the file that was saved", exception.Message, StringComparison.Ordinal);
        Assert.Contains("weights_sha256", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Load_TruncatedWeightsWithMatchingHash_IsStillRefused()
    {
        string weights = SaveOne();
        byte[] bytes = File.ReadAllBytes(weights);
        Rewrite(weights, bytes[..^8]);

        PolicyFormatException exception = Assert.Throws<PolicyFormatException>(() => SavedPolicy.Load(_folder.In("policy")));

        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Load_WeightOfAnotherShape_NamesBothShapes()
    {
        SaveOne();
        ReplaceInDescription("- 16", "- 17");

        PolicyFormatException exception = Assert.Throws<PolicyFormatException>(() => SavedPolicy.Load(_folder.In("policy")));

        Assert.Contains("[16, 3]", exception.Message, StringComparison.Ordinal);
        Assert.Contains("[17, 3]", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_WeightThatIsNoNumber_IsRefused()
    {
        string weights = SaveOne();
        byte[] bytes = File.ReadAllBytes(weights);
        BitConverter.GetBytes(float.NaN).CopyTo(bytes, bytes.Length - 4);
        Rewrite(weights, bytes);

        PolicyFormatException exception = Assert.Throws<PolicyFormatException>(() => SavedPolicy.Load(_folder.In("policy")));

        Assert.Contains("NaN", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Act_SamplesOutsideTheBounds_GivesActionsOfTheSpaceAndKeepsTheSamples()
    {
        using SavedPolicy policy = Create(normalized: false);
        PolicySession session = policy.CreateSession(64, seed: 3, ActingPolicies.Sample);
        ReadOnlySpan<float> actions = session.Act(new float[64 * 3]);

        Assert.True(session.Output.Samples.ContainsAnyExceptInRange(-1f, 1f), "no sample left the bounds");
        for (int i = 0; i < actions.Length; i++)
        {
            Assert.Equal(Math.Clamp(session.Output.Samples[i], -1, 1), actions[i]);
        }
    }

    [Fact]
    public void Load_FormatOne_ActsWithoutScaling()
    {
        var spec = new NetworkSpec(new Box(-10, 10, 3), new Box(0, 1000, 1), new NetworkSettings { HiddenSizes = [] });
        float[] parameters = new float[new ParameterLayout(spec).Count];
        new ParameterLayout(spec)["actor.head.bias"].In(parameters.AsSpan())[0] = 0.5f;
        using var policy = new SavedPolicy(new PolicyInfo { Agent = "ppo", Environment = "Wide-v0" }, spec, parameters, null);
        Assert.Equal(750, policy.CreateSession().Act([0, 0, 0])[0]);
        policy.Save(_folder.In("policy"));
        ReplaceInDescription("format: 2", "format: 1");
        ReplaceInDescription("  scale_actions: true\n", "");

        using SavedPolicy old = SavedPolicy.Load(_folder.In("policy"));

        Assert.Equal(0.5f, old.CreateSession().Act([0, 0, 0])[0]);
    }

    [Fact]
    public void Load_FormatOneWithAnImageOfRealNumbers_KeepsItsDenseLayers()
    {
        var spec = new NetworkSpec(
            new Box(0, 1, 6, 6, 2),
            new Discrete(3),
            new NetworkSettings { Encoder = EncoderKind.ConvBytes }
        );
        var random = new Pcg64(1);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        using var policy = new SavedPolicy(new PolicyInfo { Agent = "ppo", Environment = "Old-v0" }, spec, parameters, null);
        policy.Save(_folder.In("policy"));
        ReplaceInDescription("format: 2", "format: 1");
        ReplaceInDescription("  scale_actions: false\n", "");
        ReplaceInDescription("encoder: conv_bytes", "encoder: auto");

        using SavedPolicy old = SavedPolicy.Load(_folder.In("policy"));

        PolicySession first = policy.CreateSession();
        PolicySession second = old.CreateSession();
        first.Act(new float[72]);
        second.Act(new float[72]);
        Assert.Equal(first.Output.Distributions, second.Output.Distributions);
    }

    [Theory]
    [InlineData("format: 2", "format: 9", "format 9")]
    [InlineData("agent: ppo", "agnet: ppo", "Did you mean 'agent'?")]
    [InlineData("acting: sample", "acting: gredy", "cannot act: There is no acting policy 'gredy'. Did you mean 'greedy'?")]
    [InlineData("acting: sample", "acting: gredy", "or set acting in policy.yaml to one of these")]
    [InlineData("type: box", "type: sphere", "sphere")]
    [InlineData("frame_stack: 1", "frame_stack: 1000", "frame_stack")]
    [InlineData("frame_stack: 1", "frame_stack: many", "whole number")]
    [InlineData("hidden_sizes:", "hidden_sizes: {", "policy.yaml")]
    public void Load_EditedDescription_SaysWhatIsWrong(string old, string replacement, string expected)
    {
        SaveOne();
        ReplaceInDescription(old, replacement);

        PolicyFormatException exception = Assert.Throws<PolicyFormatException>(() => SavedPolicy.Load(_folder.In("policy")));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Load_DescriptionWithoutAnActingPolicy_SamplesBitForBitTheSame()
    {
        using SavedPolicy saved = Create(normalized: true);
        saved.Save(_folder.In("policy"));
        ReplaceInDescription("acting: sample\n", "");

        using SavedPolicy old = SavedPolicy.Load(_folder.In("policy"));

        Assert.Equal(saved.Info, old.Info);
        var first = new PolicySession(saved, 2, new Pcg64(5));
        var second = new PolicySession(old, 2, new Pcg64(5));
        var drawn = old.CreateSession(2, seed: 5, ActingPolicies.Sample);
        for (int t = 0; t < 10; t++)
        {
            float[] observations = [0.3f, -2f, t, -0.1f, 4f, 0.25f];
            Assert.Equal(first.Act(observations), second.Act(observations));
            Assert.Equal(first.Output.Actions, drawn.Act(observations));
            Assert.Equal(first.Output.LogProbs, second.Output.BehaviourLogProbs);
        }
    }

    [Fact]
    public void Load_GreedyPolicy_IsGreedyUnlessToldOtherwise()
    {
        using SavedPolicy saved = Create(normalized: false, acting: "greedy");
        saved.Save(_folder.In("policy"));

        using SavedPolicy loaded = SavedPolicy.Load(_folder.In("policy"));

        Assert.Equal("greedy", loaded.Info.Acting);
        var own = new PolicySession(loaded, 1, new Pcg64(5));
        PolicySession sampled = loaded.CreateSession(seed: 5, acting: ActingPolicies.Sample);
        own.Act([0.3f, -2f, 1.5f]);
        sampled.Act([0.3f, -2f, 1.5f]);
        Assert.Equal(own.Output.Distributions[..2], own.Output.Samples); // the means
        Assert.NotEqual(own.Output.Samples.ToArray(), sampled.Output.Samples.ToArray());
        Assert.Equal(0, own.Output.BehaviourLogProbs[0]);
        float most = 0;
        foreach (float logStd in own.Output.Distributions[2..])
        {
            most -= logStd + 0.5f * MathF.Log(2 * MathF.PI);
        }
        Assert.Equal(most, own.Output.LogProbs[0], 1e-5f); // the density at the means, as ever
    }

    [Fact]
    public void Act_BatchOfEight_AllocatesNothingOnceWarm()
    {
        using SavedPolicy policy = Create(normalized: true);
        PolicySession session = policy.CreateSession(8, seed: 1, ActingPolicies.Sample);
        var observations = new float[8 * 3];
        for (int i = 0; i < 100; i++)
        {
            session.Act(observations);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1_000; i++)
        {
            session.Act(observations);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private string SaveOne()
    {
        using SavedPolicy policy = Create(normalized: false);
        policy.Save(_folder.In("policy"));
        return _folder.In("policy", "policy.safetensors");
    }

    private void ReplaceInDescription(string old, string replacement)
    {
        string path = _folder.In("policy", "policy.yaml");
        string text = File.ReadAllText(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        File.WriteAllText(path, text.Replace(old, replacement, StringComparison.Ordinal));
    }

    // Writes other weights together with their hash, as someone who edits on purpose would.
    private void Rewrite(string weights, byte[] bytes)
    {
        string old = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(weights)));
        File.WriteAllBytes(weights, bytes);
        ReplaceInDescription(old, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
    }

    private static SavedPolicy Create(bool normalized, string acting = "sample")
    {
        var spec = new NetworkSpec(new Box(-10, 10, 3), new Box(-1, 1, 2), new NetworkSettings { HiddenSizes = [16] });
        var random = new Pcg64(7);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        RunningStatistics? statistics = null;
        if (normalized)
        {
            statistics = new RunningStatistics(3);
            var rows = new float[3_000];
            foreach (ref float value in rows.AsSpan())
            {
                value = (float)(2 * random.NextGaussian());
            }
            statistics.Update(rows);
            statistics = RunningStatistics.FromMoments([5, 5, 5], statistics.Variance);
        }
        var info = new PolicyInfo
        {
            Agent = "ppo",
            Environment = "Test-v0?delay=3",
            Acting = acting,
            PreviousActionReward = true,
            ParameterVersion = 12,
            EnvironmentSteps = 3_456,
            Seed = 7,
            Episodes = 3,
            MeanReturn = 1.5,
            StdReturn = 0.25,
        };
        return new SavedPolicy(info, spec, parameters, statistics);
    }
}
