using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Files;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Runs;

namespace Learners.Skills;

/// <summary>A discovery at work in a folder that is its own. Owns the reward trainer.</summary>
internal sealed class DiscoveryWork : IDisposable, ISavable
{
    private const int MostNumbers = 1 << 28; // of old negatives
    private const int MostStates = 10_000_000; // that are counted apart

    private readonly DiscoverySettings _settings;
    private readonly DiscoveryOptions _options;
    private readonly DiscoveryFolder _files;
    private readonly EnvironmentSpec _task;
    private readonly SeedSequence _seeds;
    private readonly ISkillTrainer _trainer;
    private readonly SkillSampler _sampler;
    private readonly List<SkillRecord> _records = [];
    private readonly int[]? _depths;
    private readonly Space _observations; // as policies are given them
    private readonly VisitCounts _visits = new(MostStates); // of all skills
    private RewardTrainer? _reward;
    private NegativeMemory? _memory;

    /// <summary>A discovery before its first step.</summary>
    /// <param name="settings">What is discovered, with the environment's id in full.</param>
    /// <param name="options">Whom to tell.</param>
    /// <param name="files">Where to write.</param>
    public DiscoveryWork(DiscoverySettings settings, DiscoveryOptions options, DiscoveryFolder files)
    {
        (_settings, _options, _files) = (settings, options, files);
        _task = options.Registry.Find(settings.Environment);
        _seeds = new SeedSequence(settings.Seed);
        _trainer = settings.Trainer switch
        {
            SkillTrainerKind.Learned => new LearnedSkills(settings, options, _seeds.Child(0)),
            SkillTrainerKind.Planned => new PlannedSkills(settings, _task),
        };
        _observations = _trainer is LearnedSkills learned ? learned.Observations() : _task.ObservationSpace;
        if (settings.Samples.Tracks.FirstOrDefault(track => track.Component >= _observations.Size) is { } track)
        {
            throw new SettingsException(
                $"samples.tracks: {track.Name} adds up component {track.Component}, and an observation of {_task.Id} has {_observations.Size}, from 0 on."
            );
        }
        _ = new StateCells(_observations, settings.Samples); // refuses a view of what is not there
        int frameSkip = _trainer is LearnedSkills { FrameSkip: var skip } ? skip : 1;
        _sampler = new SkillSampler(settings.Samples, settings.Reward, _task.MaxEpisodeSteps / frameSkip);
        _sampler.RequireRoom(_observations.Size);
        _depths = _task.Model is { } model ? TabularDepth.Of(model) : null;
    }

    /// <summary>Writes the settings, or compares them with those that are there.</summary>
    /// <exception cref="SettingsException">They are others.</exception>
    public void Begin()
    {
        string config = _files.Run.Config;
        string text = StrictYaml.Write(_settings);
        if (File.Exists(config))
        {
            DiscoverySettings before = SkillDiscovery.SettingsOf(_files.Root) with { Skills = _settings.Skills };
            if (FlatYaml.FirstChange(StrictYaml.Write(before), text) is { } changed)
            {
                throw new SettingsException(
                    $"'{_files.Root}' holds a discovery with other settings: {changed}. Give it the settings in its config.yaml, of which only skills may change, or choose another folder."
                );
            }
        }
        AtomicFile.Write(config, text);
    }

    /// <summary>Goes on to the last skill.</summary>
    public async Task<DiscoveryResult> RunAsync(CancellationToken cancellationToken)
    {
        using var share = ProcessorShare.Begin();
        long started = _options.Clock.GetTimestamp();
        _files.RequireNoGap(_settings.Skills);
        for (int skill = 0; skill < _settings.Skills; skill++)
        {
            if (File.Exists(_files.Record(skill)))
            {
                TakeOver(skill);
                continue;
            }
            if (!await DiscoverAsync(skill, cancellationToken).ConfigureAwait(false))
            {
                break;
            }
        }
        var result = new DiscoveryResult
        {
            Folder = _files.Root,
            Skills = _records,
            FarSkills = _settings.Samples.CountFar(_records),
            Interrupted = _records.Count < _settings.Skills,
            WallSeconds = _options.Clock.GetElapsedTime(started).TotalSeconds,
            CpuSeconds = share.Seconds,
        };
        if (result.Best is { } best)
        {
            using var policy = SavedPolicy.Load(_files.Skill(best.Skill));
            policy.Save(_files.Run.Policy);
        }
        JsonObject summary = result.ToNode();
        RunOrigin.AddTo(summary, _settings.Environment, _settings.Agent, _settings.Seed);
        AtomicFile.Write(_files.Run.Summary, summary.ToJsonString(SkillRecord.Json) + "\n");
        return result;
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        _reward!.SaveState(state.Scope("reward"));
        _memory!.SaveState(state.Scope("memory"));
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        _reward!.LoadState(state.Scope("reward"));
        _memory!.LoadState(state.Scope("memory"));
    }

    /// <inheritdoc/>
    public void Dispose() => _reward?.Dispose();

    private async Task<bool> DiscoverAsync(int skill, CancellationToken cancellationToken)
    {
        EnsureReward(skill);
        Tell(skill, "learning");
        if (!await _trainer.TrainAsync(skill, _files, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }
        Tell(skill, "playing");
        SkillSamples samples;
        using (var policy = SavedPolicy.Load(_files.Skill(skill)))
        {
            try
            {
                samples = PlayOnce(skill, policy, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
        Tell(skill, "learning what to like next");
        double loss = LearnReward(skill, samples);
        Record(skill, samples, loss);
        return true;
    }

    // The network that pays a skill, from what was learned after the one before.
    private void EnsureReward(int skill)
    {
        if (_reward is null)
        {
            Prepare();
            if (skill > 0 || File.Exists(_files.Work(0)))
            {
                DiscoveryFolder.Read(_files.Work(skill), this, DiscoveryFolder.NoWayBack);
            }
        }
        if (!File.Exists(_files.Work(skill)))
        {
            DiscoveryFolder.Write(_files.Work(skill), this);
        }
        if (!Directory.Exists(_files.Reward(skill)))
        {
            _reward!.ToNetwork(_settings.Seed).Save(_files.Reward(skill));
        }
    }

    private void Prepare()
    {
        _reward = new RewardTrainer(_settings.Reward, _observations, _seeds.Child(1));
        int capacity = Math.Max(1, Math.Min(_settings.Samples.Memory, MostNumbers / _observations.Size));
        if (capacity < _settings.Samples.Memory)
        {
            _options.Warn?.Invoke(
                $"Of old negatives {capacity} are kept, since {_settings.Samples.Memory} would fill the memory."
            );
        }
        _memory = new NegativeMemory(_observations.Size, capacity, _seeds.Child(2));
    }

    private SkillSamples PlayOnce(int skill, SavedPolicy policy, CancellationToken cancellationToken)
    {
        var samples = new SkillSamples();
        if (File.Exists(_files.Samples(skill)))
        {
            DiscoveryFolder.Read(_files.Samples(skill), samples, "Delete it, so that it is made again.");
            return samples;
        }
        using var network = RewardNetwork.Load(_files.Reward(skill), policy.ActingNetwork.Spec);
        samples = _sampler.Play(policy, network, _options.Registry, _seeds.Child(3).Child((uint)skill), cancellationToken);
        DiscoveryFolder.Write(_files.Samples(skill), samples);
        return samples;
    }

    private double LearnReward(int skill, SkillSamples samples)
    {
        if (samples.Positives.Length == 0)
        {
            _options.Warn?.Invoke(
                $"Exploration after skill {skill} gave no positives, so its reward learns from negatives alone. Lower samples.require_reward, or train each skill for longer."
            );
        }
        _memory!.Add(samples.Negatives);
        var random = new Pcg64(_seeds.Child(4).Child((uint)skill));
        double loss = _reward!.Train(samples.Positives, samples.Negatives, _memory.Rows(), ref random);
        DiscoveryFolder.Write(_files.Work(skill + 1), this);
        return loss;
    }

    private void Record(int skill, SkillSamples samples, double loss)
    {
        VisitCounts own = samples.Visits;
        double fresh = own.Counts.Count(visit => !_visits.Has(visit.Key));
        _visits.Add(own);
        int copies = samples.Rewards.Length;
        var record = new SkillRecord
        {
            Skill = skill,
            EnvironmentSteps =
                (skill == 0 ? 0 : _records[^1].EnvironmentSteps) + _trainer.StepsPerSkill + (long)copies * _sampler.Steps,
            Cells = own.Keys,
            TotalCells = _visits.Keys,
            Novelty = fresh / own.Keys,
            StateEntropy = _visits.Entropy(),
            SkillEntropy = own.Entropy(),
            Positives = samples.Positives.Length / _observations.Size,
            NetworkReward = samples.Rewards.Average(),
            TaskReturn = samples.TaskRewards.Average(),
            LargestTaskReturn = samples.TaskRewards.Max(),
            Depth = Depth(samples.Ends),
            RewardLoss = loss,
            Tracks = samples.TrackMeans(_settings.Samples.Tracks),
        };
        var visits = new SkillSamples();
        visits.Visits.Add(own);
        DiscoveryFolder.Write(_files.Visits(skill), visits);
        _records.Add(record);
        SkillTable.Write(_files.Run.Metrics, _records, [.. _settings.Samples.Tracks.Select(track => track.Name)]);
        AtomicFile.Write(_files.Record(skill), JsonSerializer.Serialize(record, SkillRecord.Json) + "\n");
        _files.Prune(skill + 1);
    }

    private double Depth(float[] ends)
    {
        if (_depths is null || _task.Model is not { } model)
        {
            return double.NaN;
        }
        // Behind the task's own observation may stand what wrappers add.
        int size = _observations.Size;
        double sum = 0;
        for (int first = 0; first < ends.Length; first += size)
        {
            sum += _depths[model.StateOf(ends.AsSpan(first, _task.ObservationSpace.Size))];
        }
        return sum * size / ends.Length;
    }

    private void TakeOver(int skill)
    {
        SkillRecord record = _files.ReadRecord(skill);
        var visits = new SkillSamples();
        DiscoveryFolder.Read(_files.Visits(skill), visits, DiscoveryFolder.NoWayBack);
        _visits.Add(visits.Visits);
        _records.Add(record);
    }

    private void Tell(int skill, string doing) =>
        _options.Progress?.Report(new DiscoveryProgress(skill, _settings.Skills, doing, null));
}
