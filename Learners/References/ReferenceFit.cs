using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Agents.Yaml;
using Environments.Spaces;

namespace Learners.References;

/// <summary>Whether a saved policy can stand beside that of a run.</summary>
internal static class ReferenceFit
{
    /// <summary>Says in one line why it cannot.</summary>
    /// <param name="theirs">The policy's network.</param>
    /// <param name="ours">The agent's.</param>
    /// <param name="what">What the policy is, which begins the line.</param>
    /// <exception cref="SettingsException">It reads other observations or takes other actions than the run's agent.</exception>
    public static void Require(NetworkSpec theirs, NetworkSpec ours, string what)
    {
        if (!ReadsAlike(theirs, ours.ObservationSpace))
        {
            throw new SettingsException(
                $"{what} reads observations of {theirs.ObservationSpace}, and this run has {ours.ObservationSpace}. Choose a policy or an environment of the same observations, or set wrappers.* as the policy was trained."
            );
        }
        if (theirs.ActionSpace != ours.ActionSpace)
        {
            throw new SettingsException(
                $"{what} takes actions of {theirs.ActionSpace}, and this run has {ours.ActionSpace}. Choose a policy or an environment of the same actions."
            );
        }
        if (theirs.Distribution.GetType() != ours.Distribution.GetType())
        {
            throw new SettingsException(
                theirs.Settings.Mixture is null
                    ? $"{what} gives a probability for each component of {theirs.ActionSpace}, and this run's agent is a mixture, which gives one for every combination. Leave out the one or the curriculum."
                    : $"{what} is a mixture, which gives a probability for every combination of {theirs.ActionSpace}, and this run's agent one for each component. Name its last policy, the folder {LastStage.FolderName} of its run."
            );
        }
        if (ours.ActionSpace is Box && theirs.ScalesActions != ours.ScalesActions)
        {
            throw new SettingsException(
                $"{what} {(theirs.ScalesActions ? "scales" : "does not scale")} its actions to their bounds, and this run's agent {(ours.ScalesActions ? "does" : "does not")}. Set network.scale_actions={(theirs.ScalesActions ? "true" : "false")}."
            );
        }
    }

    // Parts that a policy does not look at may be others, as where tasks have other goals; what it looks at stands where it stood.
    private static bool ReadsAlike(NetworkSpec theirs, Space ours)
    {
        if (SpaceComparison.AreGivenAlike(theirs.ObservationSpace, ours))
        {
            return true;
        }
        if (theirs.Settings.View is not { } view || theirs.ObservationSize != ours.Size)
        {
            return false;
        }
        try
        {
            IReadOnlyList<ViewedPart> there = ObservationView.PartsOf(theirs.ObservationSpace, view);
            IReadOnlyList<ViewedPart> here = ObservationView.PartsOf(ours, view);
            return there.Count == here.Count
                && there
                    .Zip(here)
                    .All(pair =>
                        pair.First.First == pair.Second.First
                        && SpaceComparison.AreGivenAlike(pair.First.Space, pair.Second.Space)
                    );
        }
        catch (SettingsException)
        {
            return false;
        }
    }
}
