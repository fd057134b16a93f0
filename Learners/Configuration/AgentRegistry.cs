using System.Reflection;
using Agents.Policies.Acting;
using Agents.Yaml;
using Environments;
using Learners.A2c;
using Learners.Acktr;
using Learners.Composition;
using Learners.Impala;
using Learners.Ppo;
using Learners.Vmpo;
using Protos.Foreign;

namespace Learners.Configuration;

/// <summary>Agents by name: those of the framework, and others that were registered.</summary>
/// <remarks>Needed where a name is all there is: on the command line, in files, in run folders. Settings in a program hold their agent themselves.</remarks>
public sealed class AgentRegistry
{
    /// <summary>Name of the agent where nobody names one.</summary>
    internal const string UsualName = "ppo";

    // Every agent of the framework, one line each.
    private static readonly Agent[] Table =
    [
        new A2cAgent(),
        new AcktrAgent(),
        new ImpalaAgent(),
        new PpoAgent(),
        new VmpoAgent(),
    ];

    private readonly SortedList<string, Agent> _agents = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A registry without agents.</summary>
    public AgentRegistry() { }

    /// <summary>The agents of the framework. Copy it before you add to it, unless the whole process should know.</summary>
    public static AgentRegistry Default { get; } = CreateDefault();

    /// <summary>All agents, ordered by name.</summary>
    public IReadOnlyCollection<Agent> Agents => [.. _agents.Values];

    /// <summary>Names of all agents, in order.</summary>
    public IReadOnlyCollection<string> Names => [.. _agents.Keys];

    /// <summary>A registry that knows all of this one's agents; adding to it leaves this one as it is.</summary>
    public AgentRegistry Copy()
    {
        var copy = new AgentRegistry();
        foreach ((string name, Agent agent) in _agents)
        {
            copy._agents.Add(name, agent);
        }
        return copy;
    }

    /// <summary>Adds an agent.</summary>
    /// <exception cref="ArgumentException">There is one of its name, the name cannot be one, its defaults are another agent's settings, or it acts in a way that is not known.</exception>
    public void Register(Agent agent)
    {
        ArgumentNullException.ThrowIfNull(agent);
        string name = agent.Name;
        if (!IsName(name))
        {
            throw new ArgumentException(
                $"'{name}', the name of {agent.GetType().FullName}, is no agent's name. Write it as a lower-case letter, then lower-case letters, digits and underscores.",
                nameof(agent)
            );
        }
        if (StrictYaml.Settable(typeof(TrainingSettings)).Select(StrictYaml.KeyOf).Append(ActingPolicies.Key).Contains(name))
        {
            throw new ArgumentException(
                $"'{name}', the name of {agent.GetType().FullName}, is a key of every run's settings, where the agent's section would stand. Choose another.",
                nameof(agent)
            );
        }
        if (_agents.TryGetValue(name, out Agent? other))
        {
            throw new ArgumentException(
                $"There are two agents '{name}': {other.GetType().FullName} and {agent.GetType().FullName}. Rename one of them.",
                nameof(agent)
            );
        }
        if (agent.Defaults.Agent.Name != name)
        {
            throw new ArgumentException(
                $"The defaults of the agent '{name}' are settings of '{agent.Defaults.Agent.Name}'. Let the property Agent of {agent.Defaults.GetType().Name} give a {agent.GetType().Name}.",
                nameof(agent)
            );
        }
        if (agent.ActingMistake is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(agent));
        }
        _agents.Add(name, agent);
    }

    /// <summary>Adds every class of an assembly that derives from <see cref="Agent"/> and is not abstract.</summary>
    /// <returns>The names that were added.</returns>
    /// <exception cref="InvalidDataException">There is none, one has no public constructor without parameters, or one cannot be registered.</exception>
    public IReadOnlyList<string> RegisterAssembly(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        IReadOnlyList<string> names = AddFrom(assembly);
        return names.Count > 0
            ? names
            : throw new InvalidDataException(
                $"{assembly.GetName().Name} has no agents. Derive each one from {typeof(Agent).FullName}."
            );
    }

    /// <summary>The agent of a name.</summary>
    /// <exception cref="UnknownNameException">There is none; the message names the nearest one.</exception>
    public Agent Find(string name) =>
        _agents.TryGetValue(name, out Agent? agent)
            ? agent
            : throw new UnknownNameException(
                $"There is no agent '{ForeignText.Show(name)}'.{NearestName.Suggest(name, Names)} Known: {string.Join(", ", Names)}; those of your own are found in --assembly."
            );

    /// <summary>As <see cref="RegisterAssembly"/>, of an assembly that may have none.</summary>
    internal IReadOnlyList<string> AddFrom(Assembly assembly)
    {
        var names = new List<string>();
        foreach (Type type in OwnAssembly.TypesOf(assembly).Where(type => type.IsSubclassOf(typeof(Agent)) && !type.IsAbstract))
        {
            string place = $"{type.FullName} in {assembly.GetName().Name}";
            ConstructorInfo? constructor = type.ContainsGenericParameters ? null : type.GetConstructor(Type.EmptyTypes);
            if (constructor is null)
            {
                throw new InvalidDataException(
                    $"The agent {place} cannot be made by its name. Give it a public constructor without parameters, and no type parameters."
                );
            }
            var agent = (Agent)constructor.Invoke(BindingFlags.DoNotWrapExceptions, null, [], null);
            try
            {
                Register(agent);
            }
            catch (ArgumentException exception)
            {
                throw new InvalidDataException($"The agent {place} cannot be taken: {exception.Message}", exception);
            }
            names.Add(agent.Name);
        }
        return names;
    }

    private static AgentRegistry CreateDefault()
    {
        var registry = new AgentRegistry();
        foreach (Agent agent in Table)
        {
            registry._agents.Add(agent.Name, agent); // unchecked, since every program starts here; a test registers them
        }
        return registry;
    }

    private static bool IsName(string name) =>
        name.Length > 0
        && char.IsAsciiLetterLower(name[0])
        && name.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_');
}
