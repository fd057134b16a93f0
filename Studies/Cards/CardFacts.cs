using System.Text.Json;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Learners.Composition;
using Learners.Configuration;
using Learners.Runs;
using Learners.Skills;
using Protos.Foreign;
using Studies.Runs;

namespace Studies.Cards;

/// <summary>All that a folder tells about a policy. Owns the policy.</summary>
internal sealed class CardFacts : IDisposable
{
    private const string SkillFile = "skill.json";
    private const int LargestSkill = 1 << 20;
    private static readonly string[] ToldElsewhere = ["environment", "agent", "seed"];

    private CardFacts() { }

    /// <summary>The folder that was given.</summary>
    public required string Folder { get; init; }

    /// <summary>Folder of the policy.</summary>
    public required string PolicyFolder { get; init; }

    /// <summary>The policy.</summary>
    public required SavedPolicy Policy { get; init; }

    /// <summary>Whether the folder is a run or a discovery, which tell more than a policy.</summary>
    public bool IsRun { get; init; }

    /// <summary>The specification of the environment; null where it is not known or not allowed here.</summary>
    public EnvironmentSpec? Environment { get; init; }

    /// <summary>Every setting, as YAML; null where nobody wrote them down.</summary>
    public string? Settings { get; init; }

    /// <summary>Settings that are not the defaults; null where the defaults are not known.</summary>
    public IReadOnlyList<CardSetting>? Changed { get; init; }

    /// <summary>The result of the run; undefined where there is none.</summary>
    public JsonElement Summary { get; init; }

    /// <summary>Scores of the last and of the best policy, as far as they were measured.</summary>
    public IReadOnlyList<CardScore> Scores { get; init; } = [];

    /// <summary>Folders of policies, by what they are.</summary>
    public IReadOnlyList<(string Of, string Folder)> Policies { get; init; } = [];

    /// <summary>Skills of a discovery, or the one that the folder holds.</summary>
    public IReadOnlyList<SkillRecord> Skills { get; init; } = [];

    /// <summary>Reads a run, a discovery, a skill or a saved policy.</summary>
    /// <param name="path">Its folder.</param>
    /// <param name="environments">Where the environment is looked up.</param>
    /// <param name="agents">Where the agent is looked up.</param>
    /// <exception cref="PolicyFormatException">There is no policy, or it is damaged.</exception>
    /// <exception cref="InvalidDataException">A file of the run cannot be read.</exception>
    public static CardFacts Read(string path, EnvironmentRegistry environments, AgentRegistry agents)
    {
        string folder = Path.GetFullPath(path);
        string policyFolder = FindPolicy(folder);
        SavedPolicy policy = SavedPolicy.Load(policyFolder);
        try
        {
            bool isRun = RunFolder.Exists(folder);
            JsonElement summary = new RunFiles(folder).Summary ?? default;
            (string? settings, IReadOnlyList<CardSetting>? changed) = isRun ? ReadSettings(folder, agents) : (null, null);
            List<(string Of, string Folder)> policies = [(isRun ? "last" : "saved", policyFolder)];
            List<CardScore?> scores = [CardScore.OfSummary(summary) ?? CardScore.OfPolicy(policies[0].Of, policy.Info)];
            string best = new RunFolder(folder).Best;
            if (File.Exists(Path.Combine(best, SavedPolicy.DescriptionFile)))
            {
                policies.Add(("best", best));
                scores.Add(CardScore.OfPolicy("best", PolicyFiles.Describe(best)));
            }
            environments.ForForeignIds.TryFind(policy.Info.Environment, out EnvironmentSpec? environment);
            return new CardFacts
            {
                Folder = folder,
                PolicyFolder = policyFolder,
                Policy = policy,
                IsRun = isRun,
                Environment = environment,
                Settings = settings,
                Changed = changed,
                Summary = summary,
                Scores = [.. scores.OfType<CardScore>()],
                Policies = policies,
                Skills = ReadSkills(folder),
            };
        }
        catch
        {
            policy.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Policy.Dispose();

    // An agent or a setting that is not known here has no defaults; what was written is shown as it is.
    private static (string Settings, IReadOnlyList<CardSetting>? Changed) ReadSettings(string folder, AgentRegistry agents)
    {
        string config = new RunFolder(folder).Config;
        try
        {
            if (DiscoveryFolder.IsOne(folder))
            {
                string discovery = StrictYaml.Write(SkillDiscovery.SettingsOf(folder));
                return (discovery, CardSetting.Changed(discovery, StrictYaml.Write(new DiscoverySettings()), ToldElsewhere));
            }
            TrainingSettings settings = SettingsSources.Read(config, [], agents);
            string text = SettingsSources.Write(settings);
            var defaults = new TrainingSettings { Agent = agents.Find(settings.AgentName).Defaults };
            return (text, CardSetting.Changed(text, SettingsSources.Write(defaults), ToldElsewhere));
        }
        catch (SettingsException)
        {
            return (StrictYaml.Write(StrictYaml.ReadFileIn(folder, Path.GetFileName(config))), null);
        }
    }

    // A discovery that is not over has no policy of its own yet.
    private static string FindPolicy(string folder)
    {
        string found = global::Agents.Policies.PolicyFolder.Find(folder);
        return found == folder && DiscoveryFolder.IsOne(folder) && ReadSkills(folder).MaxBy(skill => skill.TaskReturn) is { } best
            ? global::Agents.Policies.PolicyFolder.Find(new DiscoveryFolder(folder).Skill(best.Skill))
            : found;
    }

    private static IReadOnlyList<SkillRecord> ReadSkills(string folder)
    {
        IEnumerable<string> skills = DiscoveryFolder.IsOne(folder) ? new DiscoveryFolder(folder).Skills() : [folder];
        return [.. skills.Where(skill => File.Exists(Path.Combine(skill, SkillFile))).Select(ReadSkill)];
    }

    private static SkillRecord ReadSkill(string folder)
    {
        try
        {
            return JsonSerializer.Deserialize<SkillRecord>(
                    PlainFile.ReadTextIn(folder, SkillFile, LargestSkill),
                    SkillRecord.Json
                ) ?? throw new JsonException("it is empty.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{Path.Combine(folder, SkillFile)}' cannot be read: {exception.Message}", exception);
        }
    }
}
