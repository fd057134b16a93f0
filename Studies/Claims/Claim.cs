using System.ComponentModel.DataAnnotations;
using Learners.Configuration;
using YamlDotNet.RepresentationModel;

namespace Studies.Claims;

/// <summary>A published claim as a file says it: arms that are trained on tasks over seeds, and what is measured and expected.</summary>
/// <remarks>
/// Settings of a run are laid over the tuned ones of agent and environment, in this order: claim, task, arm, seed and length. Claim and tasks
/// may hold sections of every agent that an arm trains, of which each run takes its own; an arm holds that of its own agent alone.
/// </remarks>
internal sealed record Claim : IValidatableObject
{
    /// <summary>One line: what is claimed.</summary>
    public string Title { get; init; } = "";

    /// <summary>Where it is claimed: paper, table or equation.</summary>
    public string Source { get; init; } = "";

    /// <summary>Paragraphs for the report: what the numbers mean, and where this protocol departs from the source. Empty for none.</summary>
    public string Notes { get; init; } = "";

    /// <summary>The lowest seed. Settings that were chosen on some seeds are judged on others.</summary>
    /// <value>0 to 1,000,000. Default 1.</value>
    [Range(0, 1_000_000)]
    public int FirstSeed { get; init; } = 1;

    /// <summary>Seeds of every arm on every task, from <see cref="FirstSeed"/> on.</summary>
    /// <value>1 to 1,000. Default 5.</value>
    [Range(1, 1_000)]
    public int Seeds { get; init; } = 5;

    /// <summary>Seeds of the full budget; null for <see cref="Seeds"/>.</summary>
    /// <value>1 to 1,000.</value>
    [Range(1, 1_000)]
    public int? FullSeeds { get; init; }

    /// <summary>Episodes whose mean return the curves show.</summary>
    /// <value>1 to 10,000. Default 100.</value>
    [Range(1, 10_000)]
    public int CurveEpisodes { get; init; } = 100;

    /// <summary>Settings of every run.</summary>
    public YamlMappingNode Settings { get; init; } = [];

    /// <summary>What is compared.</summary>
    public ClaimArm[] Arms { get; init; } = [];

    /// <summary>Where it is compared.</summary>
    public ClaimTask[] Tasks { get; init; } = [];

    /// <summary>What is measured, and what is expected of it.</summary>
    public ClaimMeasure[] Measures { get; init; } = [];

    /// <summary>Seeds of a budget.</summary>
    public int SeedsOf(ReproductionBudget budget) =>
        budget switch
        {
            ReproductionBudget.Quick => Seeds,
            ReproductionBudget.Full => FullSeeds ?? Seeds,
        };

    /// <summary>Tasks of a budget: those of the quick one belong to the full one too.</summary>
    public IEnumerable<ClaimTask> TasksOf(ReproductionBudget budget) => Tasks.Where(task => task.Budget <= budget);

    /// <summary>Arms that take part in a task: agents in environments, supervised ones in supervised tasks, unless an arm names its tasks.</summary>
    public IEnumerable<ClaimArm> ArmsOn(ClaimTask task) =>
        Arms.Where(arm => arm.Supervised == task.IsSupervised && (arm.Tasks.Length == 0 || arm.Tasks.Contains(task.Name)));

    /// <summary>Tasks that a measure covers, of those given.</summary>
    public static IEnumerable<ClaimTask> Covered(ClaimMeasure measure, IEnumerable<ClaimTask> tasks) =>
        tasks.Where(task => measure.Tasks.Length == 0 || measure.Tasks.Contains(task.Name));

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Title.Length == 0)
        {
            yield return new ValidationResult("a claim says in one line what is claimed.", [nameof(Title)]);
        }
        if (Source.Length == 0)
        {
            yield return new ValidationResult(
                "a claim names the paper and the table or equation that it comes from.",
                [nameof(Source)]
            );
        }
        IEnumerable<ValidationResult> mistakes =
        [
            .. NameMistakes(),
            .. TaskMistakes(),
            .. SettingMistakes(),
            .. MeasureMistakes(),
        ];
        foreach (ValidationResult mistake in mistakes)
        {
            yield return mistake;
        }
    }

    private IEnumerable<ValidationResult> NameMistakes()
    {
        foreach (
            (string list, string[] names) in ((string, string[])[])
                [
                    (nameof(Arms), [.. Arms.Select(arm => arm.Name)]),
                    (nameof(Tasks), [.. Tasks.Select(task => task.Name)]),
                    (nameof(Measures), [.. Measures.Select(measure => measure.Name)]),
                ]
        )
        {
            if (names.Length == 0)
            {
                yield return new ValidationResult("at least one is needed.", [list]);
            }
            if (names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            {
                yield return new ValidationResult($"the name '{twice.Key}' stands twice.", [list]);
            }
        }
    }

    private IEnumerable<ValidationResult> TaskMistakes()
    {
        string[] tasks = [.. Tasks.Select(task => task.Name)];
        foreach (string unknown in Arms.SelectMany(arm => arm.Tasks).Except(tasks))
        {
            yield return new ValidationResult(
                $"an arm takes part in a task '{unknown}', which is not there. Known: {string.Join(", ", tasks)}.",
                [nameof(Arms)]
            );
        }
        foreach (ClaimTask task in Tasks.Where(task => !ArmsOn(task).Any()))
        {
            yield return new ValidationResult(
                $"'{task.Name}' is {(task.IsSupervised ? "supervised" : "an environment")}, and no arm is. Mark arms with supervised: {(task.IsSupervised ? "true" : "false")}.",
                [nameof(Tasks)]
            );
        }
    }

    private IEnumerable<ValidationResult> SettingMistakes()
    {
        ClaimArm[] ofAgents = [.. Arms.Where(arm => !arm.Supervised)];
        string[] agents = [.. ofAgents.Select(arm => arm.AgentName).Distinct()];
        foreach (
            (string place, string[] trained, YamlMappingNode given) in ((string, string[], YamlMappingNode)[])
                [
                    ("", agents, Settings),
                    .. Tasks.Select(task => ($"task '{task.Name}': ", agents, task.Settings)),
                    .. ofAgents.Select(arm => ($"arm '{arm.Name}': ", (string[])[arm.AgentName], arm.Settings)),
                ]
        )
        {
            if (SettingsSources.ForeignKey(trained, given, AgentRegistry.Default) is { } foreign)
            {
                yield return new ValidationResult(place + foreign, [nameof(Settings)]);
            }
        }
    }

    private IEnumerable<ValidationResult> MeasureMistakes()
    {
        foreach (ClaimMeasure measure in Measures)
        {
            if (measure.Mistake(this) is { } mistake)
            {
                yield return new ValidationResult($"'{measure.Name}': {mistake}", [nameof(Measures)]);
            }
        }
    }
}
