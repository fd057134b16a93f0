using Actors.Options;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Environments.Wrappers;
using Tests.EnvironmentTests.Wrappers;
using Xunit;

namespace Tests.ActorTests.Options;

public sealed class OptionLayerTests : IDisposable
{
    private static readonly Box Counts = new(0, 1000, 2);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Step_InsideAndAtTheEndOfAnEpisode_AddsRewardsUpAndStopsThere()
    {
        Constants(4, 7);
        using OptionLayer environment = Make(CountingEnvironment.Make(1, 5, 5), 3);
        Assert.Equal(new Discrete(2), environment.Spec.ActionSpace);
        environment.Reset(0);

        environment.Step([0]);
        Assert.Equal([1 + 2 + 3], environment.Rewards);
        Assert.Equal([3, 4], environment.Observations);
        Assert.Equal([false], environment.Terminated);
        environment.Step([1]);
        Assert.Equal([4 + 5], environment.Rewards);
        Assert.Equal([true], environment.Terminated);
        Assert.Equal([5, 7], environment.FinalObservations);
        Assert.Equal([0, 0], environment.Observations);
        environment.Step([0]);
        Assert.Equal([1 + 2 + 3], environment.Rewards);
        Assert.Equal([false], environment.Terminated);
        Assert.Equal([3, 4], environment.Observations);
    }

    [Fact]
    public void Step_CopiesThatEndAtDifferentTimes_PlayAsIfAlone()
    {
        const int copies = 6;
        Drawn("lstm", "identity");
        using OptionLayer together = Make(CountingEnvironment.Make(copies, 2, 11), 4);
        OptionLayer[] alone = [.. Enumerable.Range(0, copies).Select(_ => Make(CountingEnvironment.Make(1, 2, 11), 4))];
        together.Reset(20);
        for (int i = 0; i < copies; i++)
        {
            alone[i].Reset(20 + (ulong)i);
        }
        bool differed = false;
        for (int t = 0; t < 60; t++)
        {
            float[] actions = [.. Enumerable.Range(0, copies).Select(i => (float)((i + t) % 2))];
            together.Step(actions);
            for (int i = 0; i < copies; i++)
            {
                alone[i].Step([actions[i]]);
                Assert.Equal(alone[i].Rewards[0], together.Rewards[i]);
                Assert.Equal(alone[i].Terminated[0], together.Terminated[i]);
                Assert.Equal(alone[i].Observations, together.Observations.Slice(2 * i, 2));
                differed |= together.Terminated[i] != together.Terminated[0];
            }
        }
        Assert.True(differed);
        foreach (OptionLayer environment in alone)
        {
            environment.Dispose();
        }
    }

    /// <summary>Each option is a policy that begins anew, with a memory of its own and the skill that was chosen, drawing from the copy's stream.</summary>
    [Theory]
    [InlineData("identity", 0)]
    [InlineData("lstm", 0)]
    [InlineData("identity", 3)]
    [InlineData("gtrxl", 2)]
    public void Step_APolicy_ActsAsItWouldByItself(string core, int skills)
    {
        const int horizon = 5;
        SavedOptions.SaveDrawn(_folder.In("policies"), Counts, 10, 3, core, skills);
        using OptionLayer environment = Make(CountingEnvironment.Make(1, 1_000, 1_000), horizon);
        Assert.Equal(new Discrete(Math.Max(1, skills)), environment.Spec.ActionSpace);
        environment.Reset(8);
        using SavedPolicy policy = SavedPolicy.Load(_folder.In("policies"));
        var random = new Pcg64(new SeedSequence(8).Child(0x0_B71));
        PolicyOutput output = policy.CreateOutput(1);
        var taken = new HashSet<float>();
        (float step, float action) = (0, 0);
        for (int t = 0; t < 40; t++)
        {
            int choice = t % Math.Max(1, skills);
            var state = new float[policy.CoreStateSize];
            for (int h = 0; h < horizon; h++)
            {
                float[] row = skills > 0 ? [step, action, choice] : [step, action];
                policy.Act(row, [h == 0], state, policy.Acting, ref random, output);
                (step, action) = (step + 1, output.Actions[0]);
                taken.Add(action);
            }

            environment.Step([choice]);

            Assert.Equal([step, action], environment.Observations);
        }
        Assert.True(taken.Count > 2);
    }

    [Fact]
    public void LoadState_BetweenOptions_ContinuesBitForBit()
    {
        Drawn("lstm", "identity");
        OptionLayer Copy() => Make(CountingEnvironment.Make(3, 5, 30), 4);
        using OptionLayer original = Copy();
        original.Reset(1);
        original.Step([0, 1, 1]);
        var state = new StateDictionary();
        original.SaveState(state);
        using OptionLayer restored = Copy();
        restored.Reset(77);
        restored.LoadState(state);
        for (int t = 0; t < 20; t++)
        {
            Assert.Equal(original.Observations, restored.Observations);
            original.Step([1, 0, 1]);
            restored.Step([1, 0, 1]);
            Assert.Equal(original.Rewards, restored.Rewards);
        }
    }

    [Fact]
    public void Step_NumberOfNoOption_IsRefused()
    {
        Constants(4, 7);
        using OptionLayer environment = Make(CountingEnvironment.Make(2, 5, 5), 3);
        environment.Reset(0);
        ArgumentException refused = Assert.Throws<ArgumentException>(() => environment.Step([0, 2]));
        Assert.Contains("2 for copy 1 is no option. Give a whole number from 0 to 1.", refused.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => environment.Step([0]));
    }

    [Fact]
    public void Step_AfterWarmUp_AllocatesNothing()
    {
        Constants(4, 7);
        using OptionLayer environment = Make(CountingEnvironment.Make(2, 5, 9), 3);
        environment.Reset(1);
        float[] actions = [0, 1];
        long before = 0;
        for (int t = 0; t < 1000; t++)
        {
            before = t == 100 ? GC.GetAllocatedBytesForCurrentThread() : before;
            environment.Step(actions);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Find_FoldersOfAllKinds_GivesPoliciesInTheOrderOfTheirNames()
    {
        SavedOptions.SaveConstant(_folder.In("policies", "b"), Counts, 10, 1);
        SavedOptions.SaveConstant(_folder.In("policies", "a", "policy"), Counts, 10, 2); // a run
        Directory.CreateDirectory(_folder.In("policies", "empty"));
        string[] expected = [_folder.In("policies", "a", "policy"), _folder.In("policies", "b")];
        Assert.Equal(expected, OptionFolder.Find(new OptionSettings { Path = _folder.In("policies") }));
        Assert.Equal(expected[..1], OptionFolder.Find(new OptionSettings { Path = _folder.In("policies", "a") }));
        Assert.Equal(expected[1..], OptionFolder.Find(new OptionSettings { Path = _folder.In("policies", "b") }));
    }

    [Fact]
    public void Load_PoliciesThatDoNotFit_SaysWhichAndWhy()
    {
        Refuse("'{0}' holds no policies. Give a folder of runs");
        Directory.CreateDirectory(_folder.In("policies"));
        Refuse("holds no policies");
        SavedOptions.SaveConstant(_folder.In("policies", "a"), Counts, 10, 4);
        OptionSettings pinned = OptionFolder.Pinned(Settings());
        Assert.Equal(pinned, OptionFolder.Pinned(pinned));
        SavedOptions.SaveConstant(_folder.In("policies", "b"), Counts, 9, 4);
        Refuse("b' is one of Box(0, 1000, [2]) → Discrete(9), and Counting-v0 has Box(0, 1000, [2]) → Discrete(10)");
        SavedOptions.SaveConstant(_folder.In("policies", "b"), new Box(0, 1000, 3), 10, 4);
        Refuse("trained without frame_stack and previous_action_reward");
        SavedOptions.SaveConstant(_folder.In("policies", "b"), Counts, 10, 4, SavedOptions.Info() with { FrameSkip = 4 });
        Refuse("b' was trained with a frame skip of 4, and here it is 1. Set wrappers.frame_skip=4.");
        SavedOptions.SaveConstant(_folder.In("policies", "b"), Counts, 10, 4, SavedOptions.Info() with { Options = pinned });
        Refuse("b' chooses among options itself");
        Refuse("holds 2 policies, and 1 were chosen among in training", pinned);
        Directory.Delete(_folder.In("policies", "b"), recursive: true);
        SavedOptions.SaveConstant(_folder.In("policies", "a"), Counts, 10, 5);
        Refuse("policy 0, '{0}/a', has the weights", pinned);
        File.WriteAllText(_folder.In("policies", "a", "policy.yaml"), "format: 2\n");
        Refuse("wrappers.options: ");
    }

    private void Refuse(string message, OptionSettings? settings = null)
    {
        using BatchedEnvironment<CountingEnvironment> environment = CountingEnvironment.Make(1, 5, 5);
        SettingsException refused = Assert.Throws<SettingsException>(() =>
            OptionPolicies.Load(settings ?? Settings(), environment.Spec, frameSkip: 1)
        );
        Assert.StartsWith("wrappers.options: ", refused.Message, StringComparison.Ordinal);
        string expected = message.Replace("{0}", _folder.In("policies"), StringComparison.Ordinal);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    private OptionSettings Settings() => new() { Path = _folder.In("policies") };

    private void Constants(params int[] actions)
    {
        for (int i = 0; i < actions.Length; i++)
        {
            SavedOptions.SaveConstant(_folder.In("policies", $"{i}"), Counts, 10, actions[i]);
        }
    }

    private void Drawn(params string[] cores)
    {
        for (int i = 0; i < cores.Length; i++)
        {
            SavedOptions.SaveDrawn(_folder.In("policies", $"{i}"), Counts, 10, (ulong)i, cores[i]);
        }
    }

    private OptionLayer Make(IBatchedEnvironment environment, int horizon) =>
        new(environment, OptionPolicies.Load(Settings(), environment.Spec, frameSkip: 1), horizon);
}
