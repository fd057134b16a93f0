using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Learners.Auxiliary;

namespace Learners.Skills;

/// <summary>Plays a skill of a discovery anew and says what it reaches.</summary>
public static class SkillEvaluator
{
    /// <summary>Whether a folder is that of a finished skill.</summary>
    public static bool IsSkill(string folder) =>
        File.Exists(Path.Combine(folder, "skill.json"))
        && DiscoveryFolder.IsOne(Path.GetFullPath(Path.Combine(folder, "..", "..")));

    /// <summary>Plays a skill as the discovery did, with other draws.</summary>
    /// <param name="folder">Folder of the skill, <c>skills/N</c> of a discovery.</param>
    /// <param name="seed">Seed of environments and actions.</param>
    /// <param name="registry">Where the environment is looked up; null for the default.</param>
    /// <param name="cancellationToken">Stops early with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="SettingsException">The folder is no skill's.</exception>
    /// <exception cref="PolicyFormatException">Its policy or its reward network cannot be read.</exception>
    /// <exception cref="InvalidDataException">What is known of other skills cannot be read.</exception>
    public static SkillEvaluation Evaluate(
        string folder,
        ulong seed = 0,
        EnvironmentRegistry? registry = null,
        CancellationToken cancellationToken = default
    )
    {
        string root = Path.GetFullPath(Path.Combine(folder, "..", ".."));
        if (
            !IsSkill(folder)
            || !DiscoveryFolder.IsOne(root)
            || !int.TryParse(Path.GetFileName(Path.GetFullPath(folder)), out int skill)
        )
        {
            throw new SettingsException(
                $"'{folder}' is no skill of a discovery. Give a folder such as skills/003 below the one that 'agents discover' printed."
            );
        }
        var files = new DiscoveryFolder(root);
        DiscoverySettings settings = SkillDiscovery.SettingsOf(root);
        using var policy = SavedPolicy.Load(folder);
        using var network = RewardNetwork.Load(files.Reward(skill), policy.ActingNetwork.Spec);
        EnvironmentRegistry environments = registry ?? EnvironmentRegistry.Default;
        var sampler = new SkillSampler(
            settings.Samples,
            settings.Reward,
            environments.Find(policy.Info.Environment).MaxEpisodeSteps / policy.Info.FrameSkip
        );
        SkillSamples samples = sampler.Play(policy, network, environments, new SeedSequence(seed), cancellationToken);
        return Of(skill, files, settings, policy, samples);
    }

    private static SkillEvaluation Of(
        int skill,
        DiscoveryFolder files,
        DiscoverySettings settings,
        SavedPolicy policy,
        SkillSamples samples
    )
    {
        VisitCounts[] known = [.. files.Skills().Select((_, i) => VisitsOf(i, files))];
        IReadOnlyCollection<KeyValuePair<ulong, long>> seen = samples.Visits.Counts;
        int fresh = seen.Count(visit => known.Where((_, i) => i != skill).All(other => !other.Has(visit.Key)));
        long right = seen.Where(visit => Likeliest(visit.Key, known) == skill).Sum(visit => visit.Value);
        var keys = new StateCells(policy.ObservationSpace, settings.Samples);
        int size = policy.ObservationSpace.Size;
        int copies = samples.Rewards.Length;
        TrackSettings[] tracks = settings.Samples.Tracks;
        return new SkillEvaluation
        {
            Skill = skill,
            Skills = known.Length,
            Cells = seen.Count,
            Novelty = (double)fresh / seen.Count,
            NetworkReward = samples.Rewards.Average(),
            TaskReturn = samples.TaskRewards.Average(),
            Accuracy = (double)right / samples.Visits.Total,
            AccuracyAtEnd = Enumerable
                .Range(0, copies)
                .Average(copy => Likeliest(keys.KeyOf(samples.Ends.AsSpan(copy * size, size)), known) == skill ? 1 : 0),
            Tracks = samples.TrackMeans(tracks),
        };
    }

    private static VisitCounts VisitsOf(int skill, DiscoveryFolder files)
    {
        var visits = new SkillSamples();
        DiscoveryFolder.Read(files.Visits(skill), visits, "Restore it from a copy: what a skill visited is played once.");
        return visits.Visits;
    }

    // Bayes' rule with equal chances of all skills; −1 where none was there.
    private static int Likeliest(ulong key, VisitCounts[] known)
    {
        int best = -1;
        double most = 0;
        for (int i = 0; i < known.Length; i++)
        {
            double share = (double)known[i].Of(key) / known[i].Total;
            if (share > most)
            {
                (best, most) = (i, share);
            }
        }
        return best;
    }
}
