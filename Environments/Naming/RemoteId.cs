using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Protos.Fleet;
using Protos.Foreign;

namespace Environments.Naming;

/// <summary>The name of an environment that runs elsewhere, in its parts.</summary>
/// <remarks>
/// <c>gym:CartPole-v1</c> and <c>gym:module:Class</c> run in a child process; <c>grpc://host:port/CartPole-v1</c>,
/// <c>grpcs://host:port/CartPole-v1</c> and <c>grpc+unix:/path/of.sock:CartPole-v1</c> are served somewhere. Options behind <c>?</c>:
/// <c>lane</c>, <c>timeout</c> (seconds) and <c>wrappers</c> (names, comma between) are for the bridge, everything else is an argument of the environment.
/// </remarks>
internal sealed record RemoteId
{
    /// <summary>Seconds that a step may take unless said otherwise.</summary>
    public const int DefaultTimeout = 60;

    private const string Child = "gym:";
    private const string Plain = "grpc://";
    private const string Secure = "grpcs://";
    private const string Socket = "grpc+unix:";

    private RemoteId() { }

    /// <summary>The id in canonical form.</summary>
    public required string Text { get; init; }

    /// <summary>Where it is served; null for a child process.</summary>
    public FleetAddress? Address { get; private init; }

    /// <summary>Scheme and address of a server as they were written; empty for a child process.</summary>
    public string Server { get; private init; } = "";

    /// <summary>The environment's own id or class.</summary>
    public required string Name { get; init; }

    /// <summary>How observations come over.</summary>
    public ObservationLane Lane { get; private init; }

    /// <summary>How long a step may take.</summary>
    public TimeSpan Timeout { get; private init; } = TimeSpan.FromSeconds(DefaultTimeout);

    /// <summary>Wrappers, the innermost first.</summary>
    public IReadOnlyList<string> Wrappers { get; init; } = [];

    /// <summary>Arguments of the environment, a JSON object; empty for none.</summary>
    public string ArgumentsJson { get; init; } = "";

    /// <summary>Python modules that a child process would import, beside those of installed environments; a server's are its own affair.</summary>
    public IReadOnlyList<string> Modules =>
        Address is null ? [.. Wrappers.Prepend(Name).Where(NamesModule).Select(name => name[..name.IndexOf(':')])] : [];

    /// <summary>The installed environment that is given more than numbers and truth values: text can name files and modules. Null where none is.</summary>
    public string? TakesText =>
        Address is null && ArgumentsJson.Length > 0 && !NamesModule(Name) && GivesText(ArgumentsJson) ? Name : null;

    /// <summary>Whether an id names an environment that runs elsewhere.</summary>
    public static bool IsRemote(string id) =>
        id.StartsWith(Child, StringComparison.Ordinal)
        || id.StartsWith(Plain, StringComparison.Ordinal)
        || id.StartsWith(Secure, StringComparison.Ordinal)
        || id.StartsWith(Socket, StringComparison.Ordinal);

    /// <summary>The environment's own id, without scheme, address and options.</summary>
    public static string NameBehind(string id) => Split(id).Name;

    /// <summary>The server of an id or of its beginning, <c>grpc://host:port</c>.</summary>
    /// <exception cref="InvalidOptionException">It names none.</exception>
    public static FleetAddress ServerOf(string address) =>
        IsRemote(address) && ReadAddress(address, Split(address).Origin) is { } server
            ? server
            : throw new InvalidOptionException(
                $"'{ForeignText.Show(address)}' is no server. Write it as grpc://127.0.0.1:50061, grpcs://host:50061 or grpc+unix:/path/of.sock."
            );

    /// <summary>A child process for an environment, as another family of ids asks for it.</summary>
    public static RemoteId ForChild(string text, string name, ObservationLane lane, TimeSpan timeout) =>
        new()
        {
            Text = text,
            Name = name,
            Lane = lane,
            Timeout = timeout,
        };

    /// <summary>Reads an id.</summary>
    /// <exception cref="InvalidOptionException">Its address, lane or timeout is not possible.</exception>
    public static RemoteId Parse(string id)
    {
        (string origin, string name, string query) = Split(id);
        FleetAddress? address = ReadAddress(id, origin);
        if (name.Length == 0)
        {
            throw new InvalidOptionException($"'{ForeignText.Show(id)}' names no environment. Write it as {origin}CartPole-v1.");
        }
        (ObservationLane lane, int timeout, string[] wrappers, JsonObject arguments) = ReadQuery(id, query);
        if (lane == ObservationLane.InProcess && address is not null)
        {
            throw new InvalidOptionException(
                $"'{ForeignText.Show(id)}' is served by another process, so its lane cannot be inprocess. Use gym:{ForeignText.Show(name)}."
            );
        }
        return new RemoteId
        {
            Text = query.Length == 0 ? origin + name : $"{origin}{name}?{query}",
            Address = address,
            Server = address is null ? "" : origin[..^1],
            Name = name,
            Lane = lane,
            Timeout = TimeSpan.FromSeconds(timeout),
            Wrappers = wrappers,
            ArgumentsJson = arguments.Count == 0 ? "" : arguments.ToJsonString(),
        };
    }

    private static (ObservationLane Lane, int Timeout, string[] Wrappers, JsonObject Arguments) ReadQuery(string id, string query)
    {
        var lane = ObservationLane.Auto;
        int timeout = DefaultTimeout;
        string[] wrappers = [];
        var arguments = new JsonObject();
        foreach (string part in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? part : part[..equals];
            string value = equals < 0 ? "" : part[(equals + 1)..];
            switch (key)
            {
                case "lane":
                    if (!value.All(char.IsAsciiLetter) || !Enum.TryParse(value, ignoreCase: true, out lane))
                    {
                        throw new InvalidOptionException(
                            $"'{ForeignText.Show(id)}' cannot take lane={ForeignText.Show(value)}: auto, messages, shm or inprocess."
                        );
                    }
                    break;
                case "timeout":
                    if (
                        !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out timeout)
                        || timeout is < 1 or > 86_400
                    )
                    {
                        throw new InvalidOptionException(
                            $"'{ForeignText.Show(id)}' cannot take timeout={ForeignText.Show(value)}: 1 to 86400 seconds for a step."
                        );
                    }
                    break;
                case "wrappers":
                    wrappers = value.Split(',', StringSplitOptions.RemoveEmptyEntries);
                    break;
                default:
                    if (!arguments.TryAdd(key, Value(value)))
                    {
                        throw new InvalidOptionException(
                            $"'{ForeignText.Show(id)}' gives {ForeignText.Show(key)} twice. Give it once."
                        );
                    }
                    break;
            }
        }
        return (lane, timeout, wrappers, arguments);
    }

    private static (string Origin, string Name, string Query) Split(string id)
    {
        int question = id.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? id : id[..question];
        string query = question < 0 ? "" : id[(question + 1)..];
        int name;
        if (path.StartsWith(Child, StringComparison.Ordinal))
        {
            name = Child.Length;
        }
        else if (path.StartsWith(Socket, StringComparison.Ordinal))
        {
            name = path.IndexOf(':', Socket.Length) + 1;
        }
        else
        {
            name = path.IndexOf('/', path.IndexOf("://", StringComparison.Ordinal) + 3) + 1;
        }
        return name == 0 ? (path + '/', "", query) : (path[..name], path[name..], query);
    }

    private static FleetAddress? ReadAddress(string id, string origin)
    {
        if (origin == Child)
        {
            return null;
        }
        string text =
            origin.StartsWith(Socket, StringComparison.Ordinal) ? "unix:" + origin[Socket.Length..^1]
            : origin.StartsWith(Secure, StringComparison.Ordinal) ? "https://" + origin[Secure.Length..^1]
            : "http://" + origin[Plain.Length..^1];
        FleetAddress address;
        try
        {
            address = FleetAddress.Parse(text);
        }
        catch (ArgumentException exception)
        {
            throw new InvalidOptionException($"'{ForeignText.Show(id)}' has no good address: {exception.Message}");
        }
        return address.IsSecure || address.IsLocal
            ? address
            : throw new InvalidOptionException(
                $"'{ForeignText.Show(id)}' is on another machine, and would be stepped in the clear. Use grpcs:// (the bridge's --certificate), or a tunnel to 127.0.0.1."
            );
    }

    private static bool NamesModule(string name)
    {
        int query = name.IndexOf('?', StringComparison.Ordinal);
        return name.AsSpan(0, query < 0 ? name.Length : query).Contains(':');
    }

    private static bool GivesText(string argumentsJson) =>
        JsonNode
            .Parse(argumentsJson)!
            .AsObject()
            .Any(pair => pair.Value?.GetValueKind() is JsonValueKind.String or JsonValueKind.Array or JsonValueKind.Object);

    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
