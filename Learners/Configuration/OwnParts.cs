using System.Reflection;
using Agents.Networks.Cores;
using Agents.Networks.Cores.Own;
using Agents.Yaml;
using Environments;
using Learners.ActorCritic;
using Learners.Auxiliary;

namespace Learners.Configuration;

/// <summary>
/// Takes in parts of your own that settings choose by name: losses, memory cores and schedules. The whole process knows them from then on. Register while the
/// program starts; agents and environments have registries of their own, <see cref="AgentRegistry"/> and <see cref="EnvironmentRegistry"/>.
/// </summary>
public static class OwnParts
{
    private static readonly Lock Gate = new();

    /// <summary>Takes a loss in.</summary>
    /// <param name="defaults">Its settings where nothing else is said.</param>
    /// <exception cref="ArgumentException">The name cannot be one, or another part has it.</exception>
    public static void Register(OwnLossSettings defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        lock (Gate)
        {
            Require(defaults.Name, defaults, AuxiliaryTable.All.Find(defaults.Name), "auxiliary part");
            AuxiliaryTable.All.Put(defaults);
        }
    }

    /// <summary>Takes a memory core in.</summary>
    /// <param name="defaults">Its settings where nothing else is said.</param>
    /// <exception cref="ArgumentException">The name cannot be one, or another core has it.</exception>
    public static void Register(OwnCoreSettings defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        lock (Gate)
        {
            CoreEntry? taken = MemoryCores.Find(defaults.Core);
            Require(defaults.Core, defaults, taken is null ? null : taken.Settings ?? (object)taken, "core");
            MemoryCores.Put(defaults);
        }
    }

    /// <summary>Takes a schedule in.</summary>
    /// <exception cref="ArgumentException">The name cannot be one, or another schedule has it.</exception>
    public static void Register(Schedule schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        lock (Gate)
        {
            Require(schedule.Name, schedule, Schedules.Find(schedule.Name), "schedule");
            Schedules.Put(schedule);
        }
    }

    /// <summary>Takes in every loss, memory core and schedule of an assembly.</summary>
    /// <returns>Their names.</returns>
    /// <exception cref="InvalidDataException">There is none, one has no public constructor without parameters, or its name cannot be taken.</exception>
    public static IReadOnlyList<string> RegisterAssembly(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        IReadOnlyList<string> names = AddFrom(assembly);
        return names.Count > 0
            ? names
            : throw new InvalidDataException(
                $"{assembly.GetName().Name} has no parts. Derive each one from {nameof(OwnLossSettings)}, {nameof(OwnCoreSettings)} or {nameof(Schedule)}."
            );
    }

    /// <summary>As <see cref="RegisterAssembly"/>, of an assembly that may have none.</summary>
    internal static IReadOnlyList<string> AddFrom(Assembly assembly)
    {
        var names = new List<string>();
        foreach (Type type in OwnAssembly.TypesOf(assembly).Where(type => !type.IsAbstract && IsPart(type)))
        {
            string place = $"{type.FullName} in {assembly.GetName().Name}";
            ConstructorInfo? constructor = type.ContainsGenericParameters ? null : type.GetConstructor(Type.EmptyTypes);
            if (constructor is null)
            {
                throw new InvalidDataException(
                    $"The part {place} cannot be made by its name. Give it a public constructor without parameters, and no type parameters."
                );
            }
            try
            {
                names.Add(Register(constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [], null)));
            }
            catch (ArgumentException exception)
            {
                throw new InvalidDataException($"The part {place} cannot be taken: {exception.Message}", exception);
            }
        }
        return names;
    }

    private static bool IsPart(Type type) =>
        type.IsAssignableTo(typeof(OwnLossSettings))
        || type.IsAssignableTo(typeof(OwnCoreSettings))
        || type.IsAssignableTo(typeof(Schedule));

    private static string Register(object part)
    {
        switch (part)
        {
            case OwnLossSettings loss:
                Register(loss);
                return loss.Name;
            case OwnCoreSettings core:
                Register(core);
                return core.Core;
            default:
                var schedule = (Schedule)part;
                Register(schedule);
                return schedule.Name;
        }
    }

    // A type of the same full name is the same part, of an assembly that was loaded again.
    private static void Require(string name, object part, object? taken, string what)
    {
        if (!IsName(name))
        {
            throw new ArgumentException(
                $"'{name}', the name of {part.GetType().FullName}, is no name of settings. Write it as a lower-case letter, then lower-case letters, digits and underscores."
            );
        }
        if (taken is not null && taken.GetType().FullName != part.GetType().FullName)
        {
            throw new ArgumentException($"The name '{name}' is that of another {what}. Rename {part.GetType().FullName}.");
        }
        if (
            what == "core"
            && StrictYaml.Settable(typeof(Agents.Networks.NetworkSettings)).Select(StrictYaml.KeyOf).Contains(name)
        )
        {
            throw new ArgumentException(
                $"'{name}' is a key of every network's settings, where the section of {part.GetType().FullName} would stand. Rename it."
            );
        }
    }

    private static bool IsName(string name) =>
        name is { Length: > 0 }
        && char.IsAsciiLetterLower(name[0])
        && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');
}
