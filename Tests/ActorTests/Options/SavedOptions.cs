using Agents.Networks;
using Agents.Policies;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;

namespace Tests.ActorTests.Options;

/// <summary>Policies to choose among: some that always take one action, some that draw.</summary>
internal static class SavedOptions
{
    /// <summary>Saves a policy that takes one action whatever it sees.</summary>
    public static void SaveConstant(string folder, Space observations, int actions, int action, PolicyInfo? info = null)
    {
        var spec = new NetworkSpec(observations, new Discrete(actions), new NetworkSettings { HiddenSizes = [] });
        var layout = new ParameterLayout(spec);
        var parameters = new float[layout.Count];
        layout["actor.head.bias"].In(parameters.AsSpan())[action] = 100;
        using var policy = new SavedPolicy(info ?? Info(), spec, parameters, null);
        policy.Save(folder);
    }

    /// <summary>Saves a policy with drawn parameters, whose actions depend on what it saw.</summary>
    public static void SaveDrawn(string folder, Space observations, int actions, ulong seed, string core, int skills = 0)
    {
        Space shown = skills > 0 ? SkillSpace.Around(observations, skills) : observations;
        var settings = new NetworkSettings
        {
            HiddenSizes = [8],
            Core = core,
            CoreSize = 4,
        };
        var spec = new NetworkSpec(shown, new Discrete(actions), settings);
        var parameters = new float[new ParameterLayout(spec).Count];
        var random = new Pcg64(seed);
        foreach (ref float parameter in parameters.AsSpan())
        {
            parameter = (float)random.NextGaussian();
        }
        using var policy = new SavedPolicy(Info() with { Skills = skills }, spec, parameters, null);
        policy.Save(folder);
    }

    public static PolicyInfo Info() => new() { Agent = "a2c", Environment = "Test-v0" };
}
