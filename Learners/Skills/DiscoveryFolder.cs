using System.Globalization;
using System.Text.Json;
using Agents.Files;
using Agents.Policies;
using Environments.State;
using Learners.Checkpoints;
using Learners.Composition;
using Learners.Runs;
using Protos.Foreign;

namespace Learners.Skills;

/// <summary>The files of a discovery: <c>config.yaml</c>, <c>skills/N</c>, each a run with <c>skill.json</c>, <c>rewards/N</c>, the network that paid it, and <c>policy</c>, the skill that does best at the task.</summary>
internal sealed class DiscoveryFolder(string path)
{
    /// <summary>Name of the folder of skills.</summary>
    public const string SkillsName = "skills";

    private const string RecordFile = "skill.json";

    /// <summary>What to do where a file of a finished skill is missing or damaged.</summary>
    public const string NoWayBack =
        "Restore it from a copy, or begin a new discovery in another folder: later skills were learned after it.";

    private const int LargestRecord = 1 << 20;
    private const long LargestState = 1L << 31;

    /// <summary>Root of the discovery.</summary>
    public string Root { get; } = Path.GetFullPath(path);

    /// <summary>Files that a run has as well.</summary>
    public RunFolder Run => new(Root);

    /// <summary>Folder of a skill: a run, or at least a policy.</summary>
    public string Skill(int skill) => Path.Combine(Root, SkillsName, Number(skill));

    /// <summary>Folder of the network that pays a skill.</summary>
    public string Reward(int skill) => Path.Combine(Root, "rewards", Number(skill));

    /// <summary>What is known of a finished skill.</summary>
    public string Record(int skill) => Path.Combine(Skill(skill), RecordFile);

    /// <summary>What a skill was seen to do, until the next reward was learned from it.</summary>
    public string Samples(int skill) => Path.Combine(Root, "work", $"samples-{Number(skill)}.state");

    /// <summary>Memory and optimiser with which a skill's reward was learned.</summary>
    public string Work(int skill) => Path.Combine(Root, "work", $"reward-{Number(skill)}.state");

    /// <summary>States that a finished skill visited.</summary>
    public string Visits(int skill) => Path.Combine(Skill(skill), "visits.state");

    /// <summary>Whether a folder holds a discovery.</summary>
    public static bool IsOne(string path) => Directory.Exists(Path.Combine(path, "rewards")) && RunFolder.Exists(path);

    /// <summary>Finished skills of a discovery, in their order: folders of their policies.</summary>
    public IReadOnlyList<string> Skills() =>
        [.. Enumerable.Range(0, int.MaxValue).TakeWhile(skill => File.Exists(Record(skill))).Select(Skill)];

    /// <summary>Refuses a discovery of which a skill in the middle is missing.</summary>
    /// <param name="skills">Skills that there are to be.</param>
    /// <exception cref="InvalidDataException">One is missing, and what later ones were learned from is gone.</exception>
    public void RequireNoGap(int skills)
    {
        int done = Skills().Count;
        if (Enumerable.Range(done, Math.Max(0, skills - done)).Any(skill => File.Exists(Record(skill))))
        {
            throw new InvalidDataException($"'{Record(done)}' is missing, and later skills are there. {NoWayBack}");
        }
    }

    /// <summary>What is written about a finished skill.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public SkillRecord ReadRecord(int skill)
    {
        string path = Record(skill);
        try
        {
            return JsonSerializer.Deserialize<SkillRecord>(
                    PlainFile.ReadTextIn(Skill(skill), Path.GetFileName(path), LargestRecord),
                    SkillRecord.Json
                ) ?? throw new JsonException("it holds nothing.");
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"'{path}' is damaged: {ForeignText.Show(exception.Message)} {NoWayBack}", exception);
        }
    }

    /// <summary>Whether a skill has its policy.</summary>
    public bool HasPolicy(int skill) => File.Exists(Path.Combine(Skill(skill), "policy", SavedPolicy.DescriptionFile));

    /// <summary>Deletes what the next skill does not begin with.</summary>
    /// <param name="skill">The next one.</param>
    public void Prune(int skill)
    {
        string work = Path.Combine(Root, "work");
        if (!Directory.Exists(work))
        {
            return;
        }
        foreach (string file in Directory.EnumerateFiles(work).Where(file => file != Work(skill) && file != Samples(skill)))
        {
            File.Delete(file);
        }
    }

    /// <summary>Writes a state whole or not at all.</summary>
    public static void Write(string path, ISavable part)
    {
        var state = new StateDictionary();
        part.SaveState(state);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        AtomicFile.Write(path, TrainingStateFile.Write(state));
    }

    /// <summary>Reads a state.</summary>
    /// <param name="path">The file.</param>
    /// <param name="part">Takes it.</param>
    /// <param name="cure">What to do where it is missing or damaged, in a sentence.</param>
    /// <exception cref="InvalidDataException">It is missing, damaged, or of other settings.</exception>
    public static void Read(string path, ISavable part, string cure)
    {
        try
        {
            using FileStream file = PlainFile.OpenIn(Path.GetDirectoryName(path)!, Path.GetFileName(path));
            if (file.Length > LargestState)
            {
                throw new InvalidDataException($"it has {file.Length} bytes, and at most {LargestState} are read.");
            }
            var bytes = new byte[file.Length];
            file.ReadExactly(bytes);
            part.LoadState(TrainingStateFile.Read(bytes));
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            throw new InvalidDataException($"'{path}' cannot be read: {exception.Message} {cure}", exception);
        }
    }

    private static string Number(int skill) => skill.ToString("000", CultureInfo.InvariantCulture);
}
