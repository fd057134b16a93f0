using Agents.Yaml;
using Environments;
using Protos.Foreign;

namespace Learners.ActorCritic;

/// <summary>How a setting changes over the run's environment steps: a <see cref="Schedule"/> by its name. In files it is that name.</summary>
public readonly record struct ScheduleKind : IWord
{
    private readonly string? _name; // null for the constant one, so that it is the default

    /// <summary>A schedule by its name.</summary>
    /// <param name="name">Name of one of the framework's, or of one that was registered.</param>
    /// <exception cref="UnknownNameException">There is none; the message names the nearest one.</exception>
    public ScheduleKind(string name)
    {
        if (Schedules.Find(name) is null)
        {
            throw new UnknownNameException(
                $"There is no schedule '{ForeignText.Show(name)}'.{NearestName.Suggest(name, Schedules.Names)} Known: {string.Join(", ", Schedules.Names)}."
            );
        }
        _name = name == Schedules.ConstantName ? null : name;
    }

    /// <summary>Stays as it is.</summary>
    public static ScheduleKind Constant => default;

    /// <summary>Falls linearly to 0 at the run's last step.</summary>
    public static ScheduleKind Linear { get; } = new(Schedules.LinearName);

    /// <summary>Name of the schedule.</summary>
    public string Name => _name ?? Schedules.ConstantName;

    string IWord.Word => Name;

    IReadOnlyCollection<string> IWord.Words => Schedules.Names;

    IWord IWord.With(string word) => new ScheduleKind(word);

    /// <inheritdoc/>
    public override string ToString() => Name;
}
