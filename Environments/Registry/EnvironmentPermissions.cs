using Environments.Naming;
using Protos.Fleet;
using Protos.Foreign;

namespace Environments;

/// <summary>What environments may have imported and reached whose ids come from files and messages: nothing but what is allowed here.</summary>
/// <remarks>
/// An id can name a Python module, which is executed, and a server, which is called. A saved policy, settings, a claim or a learner must not choose
/// either, so whoever takes an id from there looks it up in a registry that has permissions (<see cref="EnvironmentRegistry.With"/>).
/// Ids of installed environments (<c>gym:CartPole-v1</c>, <c>ALE/Pong-v5</c>) need none, unless they give text to the environment: text can name
/// files and modules. Immutable.
/// </remarks>
public sealed class EnvironmentPermissions
{
    private readonly HashSet<string> _names;
    private readonly HashSet<FleetAddress> _servers;

    private EnvironmentPermissions(IEnumerable<string> names, IEnumerable<FleetAddress> servers)
    {
        _names = [.. names];
        _servers = [.. servers];
    }

    /// <summary>Nothing is allowed.</summary>
    public static EnvironmentPermissions None { get; } = new([], []);

    /// <summary>Allows a Python module and those below it, or text for an installed environment by its id.</summary>
    /// <param name="name"><c>package.module</c>, or <c>FrozenLake-v1</c>; of <c>module:Class</c> the module counts.</param>
    public EnvironmentPermissions AllowModule(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new EnvironmentPermissions([.. _names, name.Split(':')[0]], _servers);
    }

    /// <summary>Allows a server.</summary>
    /// <param name="address"><c>grpc://host:port</c>, <c>grpcs://host:port</c> or <c>grpc+unix:/path</c>; what follows it does not count.</param>
    /// <exception cref="InvalidOptionException">It is no address of a server.</exception>
    public EnvironmentPermissions AllowServer(string address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return new EnvironmentPermissions(_names, [.. _servers, RemoteId.ServerOf(address)]);
    }

    /// <summary>Allows all that an id names: for ids that the user gave.</summary>
    public EnvironmentPermissions AllowId(string id)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (!RemoteId.IsRemote(id))
        {
            return this;
        }
        RemoteId parts;
        try
        {
            parts = RemoteId.Parse(id);
        }
        catch (InvalidOptionException)
        {
            return this; // looking it up says what is wrong
        }
        return new EnvironmentPermissions(
            [.. _names, .. parts.Modules, .. parts.TakesText is { } name ? [name] : (string[])[]],
            parts.Address is { } address ? [.. _servers, address] : _servers
        );
    }

    /// <summary>Refuses an id that names something which is not allowed.</summary>
    /// <exception cref="EnvironmentNotAllowedException">It does.</exception>
    internal void Require(RemoteId id)
    {
        if (id.Address is { } address && !_servers.Contains(address))
        {
            throw NotAllowed(id, "asks for the server", id.Server, "what this program connects to", "--allow-server");
        }
        if (id.Modules.FirstOrDefault(module => !IsAllowed(module)) is { } unknown)
        {
            throw NotAllowed(id, "asks for the Python module", unknown, "what is executed here", "--allow-module");
        }
        if (id.TakesText is { } name && !IsAllowed(name))
        {
            const string choice = "text for an environment, which can name files and modules";
            throw NotAllowed(id, "gives text to", name, choice, "--allow-module");
        }
    }

    private static EnvironmentNotAllowedException NotAllowed(RemoteId id, string does, string what, string choice, string option)
    {
        // A name that a shell would take apart is not offered for pasting.
        bool isPlain = what.All(letter =>
            char.IsAsciiLetterOrDigit(letter) || "._-/:+[]".Contains(letter, StringComparison.Ordinal)
        );
        string shown = ForeignText.Show(what);
        return new EnvironmentNotAllowedException(
            $"'{ForeignText.Show(id.Text)}' {does} '{shown}'. Neither a file nor a learner may choose {choice}; if you trust it, allow it with {option}{(isPlain ? " " + shown : "")}."
        );
    }

    private bool IsAllowed(string name)
    {
        for (int end = name.Length; end > 0; end = name.LastIndexOf('.', end - 1))
        {
            if (_names.Contains(name[..end]))
            {
                return true;
            }
        }
        return false;
    }
}
