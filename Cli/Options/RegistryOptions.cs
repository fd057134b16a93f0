using System.CommandLine;
using System.Reflection;
using System.Runtime.CompilerServices;
using Environments;
using Environments.Naming;
using Learners.Composition;
using Learners.Configuration;

namespace Cli.Options;

/// <summary>
/// The options of every command that makes environments or agents: which assemblies are loaded, and what ids of files and learners may ask for.
/// </summary>
internal sealed class RegistryOptions
{
    private const string AssemblyName = "--assembly";

    private readonly Option<string[]> _assembly = new(AssemblyName)
    {
        Description =
            "A .dll with environments of your own, marked [Environment(\"Own/Name-v0\")], agents, derived from Agent, or other parts (docs/extending.md). Loading it executes it.",
    };

    private readonly Option<string[]> _module = new("--allow-module")
    {
        Description =
            "A Python module that a file or a learner may have executed, by gym:module:Class. What you name as the environment yourself is allowed.",
    };

    private readonly Option<string[]> _server = new("--allow-server")
    {
        Description = "A server, grpc://host:port, that a file or a learner may have this program connect to.",
    };

    // Once for a command line: loaded again, an assembly's types would be others.
    private static readonly ConditionalWeakTable<ParseResult, OwnRegistries> Loaded = [];

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_assembly);
        command.Add(_module);
        command.Add(_server);
    }

    /// <summary>The built-in environments and those of the assemblies that the command line names.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="typed">Ids of environments on it, whose modules and servers are allowed; nulls do not count.</param>
    /// <exception cref="InvalidOptionException">A server has no address.</exception>
    public EnvironmentRegistry Registry(ParseResult parsed, params ReadOnlySpan<string?> typed)
    {
        EnvironmentPermissions permissions = EnvironmentPermissions.None;
        foreach (string module in parsed.GetValue(_module) ?? [])
        {
            permissions = permissions.AllowModule(module);
        }
        foreach (string server in parsed.GetValue(_server) ?? [])
        {
            permissions = permissions.AllowServer(server);
        }
        foreach (string? id in typed)
        {
            permissions = id is null ? permissions : permissions.AllowId(id);
        }
        return Own(parsed).Environments.With(permissions);
    }

    /// <summary>The built-in agents and those of the assemblies that the command line names.</summary>
    /// <exception cref="InvalidDataException">An assembly cannot be loaded, has neither environments nor agents nor other parts, or one that cannot be made.</exception>
    public AgentRegistry Agents(ParseResult parsed) => Own(parsed).Agents;

    /// <summary>Loads the assemblies that a command line names, before the command reads policies and settings that may hold parts of them.</summary>
    /// <exception cref="InvalidDataException">An assembly cannot be loaded, or has nothing that could be taken.</exception>
    public static void Load(ParseResult parsed)
    {
        if (
            parsed.Errors.Count == 0
            && parsed.CommandResult.Command.Options.FirstOrDefault(option => option.Name == AssemblyName)
                is Option<string[]> assembly
            && parsed.GetValue(assembly) is { Length: > 0 } paths
        )
        {
            _ = Own(parsed, paths);
        }
    }

    private OwnRegistries Own(ParseResult parsed) => Own(parsed, parsed.GetValue(_assembly) ?? []);

    private static OwnRegistries Own(ParseResult parsed, string[] paths)
    {
        if (!Loaded.TryGetValue(parsed, out OwnRegistries? own))
        {
            own = new OwnRegistries(EnvironmentRegistry.Default.Copy(), AgentRegistry.Default.Copy());
            foreach (string path in paths.DistinctBy(Path.GetFullPath))
            {
                OwnAssembly.Load(path, assembly => Take(assembly, own.Environments, own.Agents));
            }
            Loaded.Add(parsed, own);
        }
        return own;
    }

    private sealed record OwnRegistries(EnvironmentRegistry Environments, AgentRegistry Agents);

    private static int Take(Assembly assembly, EnvironmentRegistry environments, AgentRegistry agents)
    {
        int count = environments.AddFrom(assembly).Count + agents.AddFrom(assembly).Count + OwnParts.AddFrom(assembly).Count;
        return count > 0
            ? count
            : throw new InvalidDataException(
                $"{assembly.GetName().Name} has no environments, agents or other parts. Mark each environment with [Environment(\"Own/Name-v0\")], and derive each agent from {typeof(Agent).FullName}; losses, memory cores and schedules: docs/extending.md."
            );
    }

    /// <summary>The options as words for a command that gets the environment from what this one wrote: what was typed here is allowed by name there.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="typed">Ids of environments on it; nulls do not count.</param>
    public IReadOnlyList<string> NextWords(ParseResult parsed, params ReadOnlySpan<string?> typed)
    {
        List<string> words = [.. Words(parsed)];
        foreach (string? id in typed)
        {
            if (id is not null && RemoteId.IsRemote(id))
            {
                Allow(RemoteId.Parse(id));
            }
        }
        return words;

        void Allow(RemoteId id)
        {
            foreach (string module in id.TakesText is { } name ? id.Modules.Append(name) : id.Modules)
            {
                Add(_module.Name, module);
            }
            if (id.Address is not null)
            {
                Add(_server.Name, id.Server);
            }
        }

        void Add(string option, string value)
        {
            bool isThere = words.Chunk(2).Any(pair => pair[0] == option && pair[1] == value);
            if (!isThere)
            {
                words.AddRange([option, value]);
            }
        }
    }

    /// <summary>The same options as words, for another command line.</summary>
    public IReadOnlyList<string> Words(ParseResult parsed) =>
        [
            .. from option in (Option<string[]>[])[_assembly, _module, _server]
            from value in parsed.GetValue(option) ?? []
            from word in (string[])[option.Name, value]
            select word,
        ];
}
