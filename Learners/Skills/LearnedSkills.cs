using System.Text.Json;
using Actors;
using Agents.Networks;
using Agents.Yaml;
using Environments.Randomness;
using Environments.Spaces;
using Learners.ActorCritic;
using Learners.Auxiliary;
using Learners.Composition;
using Learners.Configuration;
using Learners.Runs;
using Learners.Training;
using Protos.Foreign;
using YamlDotNet.RepresentationModel;

namespace Learners.Skills;

/// <summary>Trains an agent on each reward: every skill is a run, which begins with the network of the one before.</summary>
internal sealed class LearnedSkills : ISkillTrainer
{
    private const int LargestSummary = 1 << 20;

    private readonly DiscoverySettings _settings;
    private readonly DiscoveryOptions _options;
    private readonly TrainingSettings _run;
    private readonly SeedSequence _seeds;

    /// <summary>A trainer of a discovery.</summary>
    /// <param name="settings">The discovery.</param>
    /// <param name="options">Whom to tell.</param>
    /// <param name="seeds">Seeds of the runs.</param>
    /// <exception cref="SettingsException">A setting is not possible, or the agent takes no rewards but the task's.</exception>
    public LearnedSkills(DiscoverySettings settings, DiscoveryOptions options, SeedSequence seeds)
    {
        (_settings, _options, _seeds) = (settings, options, seeds);
        YamlMappingNode given = StrictYaml.Parse(
            "{ evaluation: { episodes: 0, final_episodes: 20 }, checkpoints: { keep: 1 } }",
            "discovery"
        );
        StrictYaml.Merge(given, StrictYaml.Parse(StrictYaml.Write(settings.Settings), "settings"));
        _run = SettingsSources.Load(settings.Environment, settings.Agent, given, "settings", options.Agents);
        if (settings.StepsPerSkill is { } steps)
        {
            _run = _run with { TotalSteps = steps };
        }
        if (_run.Agent is not ActorCriticSettings)
        {
            throw new SettingsException(
                $"The agent {settings.Agent} has no auxiliary parts, by which skills are rewarded. Choose one that has, such as ppo."
            );
        }
    }

    /// <inheritdoc/>
    public long StepsPerSkill => _run.TotalSteps;

    /// <summary>Observations as the agent's network is given them.</summary>
    public Space Observations()
    {
        using var pipeline = EnvironmentPipeline.ForTraining(
            _options.Registry.Make(_settings.Environment),
            _run.Wrappers,
            _run.Agent.DiscountFactor
        );
        return pipeline.PolicySpec.ObservationSpace;
    }

    /// <summary>Environment steps of a step that the policy sees.</summary>
    public int FrameSkip => _run.Wrappers.FrameSkip;

    /// <summary>The run of a skill.</summary>
    /// <param name="skill">Its number.</param>
    /// <param name="files">Where everything lies.</param>
    public TrainingSettings SettingsOf(int skill, DiscoveryFolder files)
    {
        string? before = skill > 0 && _settings.KeepNetwork ? files.Skill(skill - 1) : null;
        var reward = new NeuralRewardSettings
        {
            Path = files.Reward(skill),
            Largest = _settings.Reward.Target,
            Weight = _settings.Reward.Weight,
            Reads = _settings.Reward.Reads,
            PaidEntropyCoefficient = _settings.Reward.PaidEntropyCoefficient,
            Guide =
                before is null || _settings.GuideSteps == 0
                    ? null
                    : new GuideSettings
                    {
                        Path = before,
                        Longest = _settings.GuideSteps,
                        Share = _settings.GuideShare,
                    },
        };
        TrainingSettings run = _run.With(
            (ActorCriticSettings agent) =>
                agent with
                {
                    Auxiliary = new Parts<AuxiliarySettings>([
                        reward,
                        .. agent.Auxiliary.Where(part => part is not NeuralRewardSettings),
                    ]),
                }
        );
        return run with
        {
            Seed = _seeds.Child((uint)skill).GenerateSeed(),
            InitialPolicy = before is null
                ? null
                : new InitialPolicySettings
                {
                    Path = before,
                    ResetHeads = [Head.Policy],
                    StatisticsShare = _settings.StatisticsShare,
                },
        };
    }

    /// <inheritdoc/>
    public async Task<bool> TrainAsync(int skill, DiscoveryFolder files, CancellationToken cancellationToken)
    {
        string folder = files.Skill(skill);
        if (IsFinished(folder))
        {
            return true;
        }
        var options = new TrainingOptions
        {
            OutputFolder = folder,
            Warn = _options.Warn,
            Registry = _options.Registry,
            Agents = _options.Agents,
            Clock = _options.Clock,
            Progress = new Forward(skill, _settings.Skills, _options.Progress),
        };
        bool isBegun = RunFolder.Exists(folder);
        if (!isBegun && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true); // killed before it could be resumed
        }
        ISkillRuns runs = _options.Runs ?? new LocalSkillRuns();
        bool isLast = skill == _settings.Skills - 1;
        runs.Require(SettingsOf(Math.Max(skill, 1), files)); // of the second on, which have all that a run of a skill may have
        TrainingResult result = isBegun
            ? await runs.ResumeAsync(folder, options, isLast, cancellationToken).ConfigureAwait(false)
            : await runs.TrainAsync(SettingsOf(skill, files), options, isLast, cancellationToken).ConfigureAwait(false);
        return !result.Interrupted;
    }

    private static bool IsFinished(string folder)
    {
        if (!File.Exists(new RunFolder(folder).Summary))
        {
            return false;
        }
        using JsonDocument summary = ReadSummary(folder);
        return summary.RootElement.TryGetProperty("interrupted", out JsonElement interrupted)
            && interrupted.ValueKind == JsonValueKind.False;
    }

    private static JsonDocument ReadSummary(string folder)
    {
        try
        {
            return JsonDocument.Parse(PlainFile.ReadTextIn(folder, RunFolder.SummaryName, LargestSummary));
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException(
                $"'{new RunFolder(folder).Summary}' is damaged: {ForeignText.Show(exception.Message)} Delete it: the skill then ends again from its last checkpoint.",
                exception
            );
        }
    }

    private sealed class Forward(int skill, int skills, IProgress<DiscoveryProgress>? to) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => to?.Report(new DiscoveryProgress(skill, skills, "learning", value));
    }
}
