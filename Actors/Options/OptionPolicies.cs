using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Spaces;
using Environments.Wrappers;

namespace Actors.Options;

/// <summary>The policies that a controller chooses among, each with one of its skills where it has some. Owns the policies.</summary>
internal sealed class OptionPolicies : IDisposable
{
    private readonly List<SavedPolicy> _policies = [];
    private readonly List<(SavedPolicy Policy, int? Skill)> _choices = [];

    private OptionPolicies() { }

    /// <summary>Choices.</summary>
    public int Count => _choices.Count;

    /// <summary>Floats of the largest core state.</summary>
    public int CoreStateSize { get; private set; }

    /// <summary>The policy of a choice, and its skill; null where it has none.</summary>
    public (SavedPolicy Policy, int? Skill) this[int choice] => _choices[choice];

    /// <summary>Loads the policies.</summary>
    /// <param name="options">Which ones.</param>
    /// <param name="spec">The environment as they will be shown it.</param>
    /// <param name="frameSkip">Environment steps for which each of their actions is repeated.</param>
    /// <exception cref="SettingsException">A policy is missing, another one, or not for this environment.</exception>
    public static OptionPolicies Load(OptionSettings options, EnvironmentSpec spec, int frameSkip)
    {
        OptionFolder.Pinned(options);
        var policies = new OptionPolicies();
        try
        {
            foreach (string folder in OptionFolder.Find(options))
            {
                policies.Add(LoadFrom(folder), folder, spec, frameSkip);
            }
            return policies;
        }
        catch
        {
            policies.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SavedPolicy policy in _policies)
        {
            policy.Dispose();
        }
    }

    private void Add(SavedPolicy policy, string folder, EnvironmentSpec spec, int frameSkip)
    {
        _policies.Add(policy);
        CoreStateSize = Math.Max(CoreStateSize, policy.CoreStateSize);
        int skills = policy.Info.Skills;
        Space shown = skills > 0 ? SkillSpace.Around(spec.ObservationSpace, skills) : spec.ObservationSpace;
        if (policy.Info.Options is not null)
        {
            throw Misfit(folder, "chooses among options itself. Give policies that act");
        }
        if (policy.ActionSpace != spec.ActionSpace || !SpaceComparison.AreGivenAlike(policy.ObservationSpace, shown))
        {
            throw Misfit(
                folder,
                $"is one of {policy.ObservationSpace} → {policy.ActionSpace}, and {spec.Id} has {shown} → {spec.ActionSpace}. Give policies of this environment, trained without frame_stack and previous_action_reward"
            );
        }
        if (policy.Info.FrameSkip != frameSkip)
        {
            throw Misfit(
                folder,
                $"was trained with a frame skip of {policy.Info.FrameSkip}, and here it is {frameSkip}. Set wrappers.frame_skip={policy.Info.FrameSkip}"
            );
        }
        for (int skill = 0; skill < Math.Max(1, skills); skill++)
        {
            _choices.Add((policy, skills > 0 ? skill : null));
        }
    }

    private static SavedPolicy LoadFrom(string folder)
    {
        try
        {
            return SavedPolicy.Load(folder);
        }
        catch (PolicyFormatException exception)
        {
            throw new SettingsException($"wrappers.options: {exception.Message}", exception);
        }
    }

    private static SettingsException Misfit(string folder, string why) =>
        new($"wrappers.options: the policy in '{folder}' {why}.");
}
