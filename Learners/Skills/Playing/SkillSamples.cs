using Environments.State;
using Learners.Auxiliary;
using Learners.Composition;

namespace Learners.Skills;

/// <summary>What a skill and exploration after it came to.</summary>
internal sealed class SkillSamples : ISavable
{
    /// <summary>Observations that exploration reached, P, <c>[·, ObservationSize]</c>.</summary>
    public float[] Positives { get; set; } = [];

    /// <summary>Observations that the skill visited, N, the same.</summary>
    public float[] Negatives { get; set; } = [];

    /// <summary>The last observation of each copy while the skill acted, the same.</summary>
    public float[] Ends { get; set; } = [];

    /// <summary>Sum of the network's rewards of each copy while the skill acted.</summary>
    public double[] Rewards { get; set; } = [];

    /// <summary>Sum of the task's rewards of each copy while the skill acted.</summary>
    public double[] TaskRewards { get; set; } = [];

    /// <summary>Sums of each track of each copy, <c>[copies, tracks]</c>.</summary>
    public double[] Tracks { get; set; } = [];

    /// <summary>States visited by skill and exploration, with their numbers of visits.</summary>
    public VisitCounts Visits { get; } = new();

    /// <summary>Mean sums of tracks.</summary>
    public Dictionary<string, double> TrackMeans(TrackSettings[] tracks) =>
        tracks
            .Select(
                (track, i) =>
                    KeyValuePair.Create(
                        track.Name,
                        Enumerable.Range(0, Rewards.Length).Average(copy => Tracks[copy * tracks.Length + i])
                    )
            )
            .ToDictionary();

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        state.Set<float>("positives", Positives);
        state.Set<float>("negatives", Negatives);
        state.Set<float>("ends", Ends);
        state.Set<double>("rewards", Rewards);
        state.Set<double>("task_rewards", TaskRewards);
        state.Set<double>("tracks", Tracks);
        Visits.SaveState(state.Scope("visits"));
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        Positives = state.GetArray<float>("positives");
        Negatives = state.GetArray<float>("negatives");
        Ends = state.GetArray<float>("ends");
        Rewards = state.GetArray<double>("rewards");
        TaskRewards = state.GetArray<double>("task_rewards");
        Tracks = state.GetArray<double>("tracks");
        Visits.LoadState(state.Scope("visits"));
    }
}
