using System.Reflection;

namespace Environments;

public sealed partial class EnvironmentRegistry
{
    /// <summary>A registry that knows all of this one's environments; adding to it leaves this one as it is.</summary>
    public EnvironmentRegistry Copy() => Copy(Permissions);

    /// <summary>A copy that looks up ids of others: they may have imported and reached only what is allowed.</summary>
    public EnvironmentRegistry With(EnvironmentPermissions permissions)
    {
        ArgumentNullException.ThrowIfNull(permissions);
        return Copy(permissions);
    }

    private EnvironmentRegistry Copy(EnvironmentPermissions? permissions)
    {
        var copy = new EnvironmentRegistry { Permissions = permissions };
        foreach (var (id, entry) in _entries)
        {
            copy._entries[id] = entry;
        }
        return copy;
    }

    /// <summary>
    /// Adds every environment of an assembly that carries <see cref="EnvironmentAttribute"/>, and those that its <see cref="IEnvironmentRegistration"/>s
    /// register.
    /// </summary>
    /// <returns>The ids that were added.</returns>
    /// <exception cref="InvalidDataException">There is none, a registration cannot be made or fails, or one is no <see cref="IEnvironment"/> with a parameterless constructor.</exception>
    public IReadOnlyList<string> RegisterAssembly(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        IReadOnlyList<string> ids = AddFrom(assembly);
        return ids.Count > 0
            ? ids
            : throw new InvalidDataException(
                $"{assembly.GetName().Name} has no environments. Mark each one with [Environment(\"Own/Name-v0\")]."
            );
    }

    /// <summary>As <see cref="RegisterAssembly"/>, of an assembly that may have none.</summary>
    internal IReadOnlyList<string> AddFrom(Assembly assembly)
    {
        var ids = new List<string>();
        foreach (Type type in OwnAssembly.TypesOf(assembly))
        {
            foreach (EnvironmentAttribute attribute in type.GetCustomAttributes<EnvironmentAttribute>())
            {
                bool constructible = type.IsValueType || type.GetConstructor(Type.EmptyTypes) is not null;
                if (
                    !type.IsAssignableTo(typeof(IEnvironment))
                    || !constructible
                    || type.ContainsGenericParameters
                    || type.IsAbstract
                )
                {
                    throw new InvalidDataException(
                        $"{type.FullName} in {assembly.GetName().Name} carries [Environment(\"{attribute.Id}\")], but is no {nameof(IEnvironment)} with a parameterless constructor. Make it a struct with Reset and Step."
                    );
                }
                Invoke(nameof(RegisterType), type, attribute);
                ids.Add(attribute.Id);
            }
            if (type.IsAssignableTo(typeof(IEnvironmentRegistration)) && type is { IsAbstract: false, IsInterface: false })
            {
                ids.AddRange(AddBy(type, assembly));
            }
        }
        return ids;
    }

    private IEnumerable<string> AddBy(Type type, Assembly assembly)
    {
        ConstructorInfo? constructor = type.ContainsGenericParameters ? null : type.GetConstructor(Type.EmptyTypes);
        if (constructor is null)
        {
            throw new InvalidDataException(
                $"The registration {type.FullName} in {assembly.GetName().Name} cannot be made. Give it a public constructor without parameters, and no type parameters."
            );
        }
        var registration = (IEnvironmentRegistration)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [], null);
        Dictionary<string, Entry> before = new(_entries);
        try
        {
            registration.Register(this);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidDataException(
                $"{type.FullName} in {assembly.GetName().Name} registers what cannot be taken: {exception.Message}",
                exception
            );
        }
        return
        [
            .. _entries
                .Where(entry => !before.TryGetValue(entry.Key, out Entry? was) || was != entry.Value)
                .Select(entry => entry.Key),
        ];
    }

    /// <summary>Loads an assembly from a file and adds its environments. Loading executes what is in it, so load only what you trust.</summary>
    /// <param name="path">A .NET assembly; what it needs besides this framework lies beside it.</param>
    /// <returns>The ids that were added.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no .NET assembly, was built against another version, or has no environments.</exception>
    public IReadOnlyList<string> LoadAssembly(string path) => OwnAssembly.Load(path, RegisterAssembly);

    private void Invoke(string method, Type type, EnvironmentAttribute attribute)
    {
        MethodInfo generic = typeof(EnvironmentRegistry).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Instance)!;
        generic.MakeGenericMethod(type).Invoke(this, BindingFlags.DoNotWrapExceptions, null, [attribute], null);
    }

    private void RegisterType<TEnvironment>(EnvironmentAttribute attribute)
        where TEnvironment : IEnvironment, new() =>
        Register(
            attribute.Id,
            () => new TEnvironment(),
            spec =>
                spec with
                {
                    MaxEpisodeSteps = attribute.MaxEpisodeSteps > 0 ? attribute.MaxEpisodeSteps : null,
                    RewardThreshold = double.IsNaN(attribute.RewardThreshold) ? null : attribute.RewardThreshold,
                    RandomReturn = double.IsNaN(attribute.RandomReturn) ? null : attribute.RandomReturn,
                    Description = attribute.Description,
                    ActionNames = attribute.ActionNames,
                }
        );
}
