using Protos.Foreign;

namespace Environments.Remote;

/// <summary>What environments in Python need to know of this machine. Read from environment variables, never from an id, since ids travel in saved policies.</summary>
internal sealed record RemoteSettings
{
    /// <summary>Python to start: <c>AGENTS_PYTHON</c>; null to look for one that has the packages.</summary>
    public string? Python { get; init; }

    /// <summary>Folders of modules beside those that Python knows: <c>AGENTS_PYTHON_PATH</c>.</summary>
    public string? PythonPath { get; init; }

    /// <summary>Token of servers: <c>AGENTS_BRIDGE_TOKEN</c>; sent to this machine and to servers whose certificate is of <see cref="AuthorityFile"/>.</summary>
    public string? Token { get; init; }

    /// <summary>File of the token, where it is not given itself: <c>AGENTS_BRIDGE_TOKEN_FILE</c>.</summary>
    public string? TokenFile { get; init; }

    /// <summary>PEM file of the authority that issued the certificates of servers: <c>AGENTS_BRIDGE_AUTHORITY</c>.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>How long Python and an environment may take to start.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Times in a row that a dead or hanging server is replaced without one step in between.</summary>
    public int MaxRestarts { get; init; } = 3;

    /// <summary>The settings of this process.</summary>
    public static RemoteSettings Current =>
        new()
        {
            Python = Variable("AGENTS_PYTHON"),
            PythonPath = Variable("AGENTS_PYTHON_PATH"),
            Token = Variable("AGENTS_BRIDGE_TOKEN"),
            TokenFile = Variable("AGENTS_BRIDGE_TOKEN_FILE"),
            AuthorityFile = Variable("AGENTS_BRIDGE_AUTHORITY"),
        };

    /// <summary>The token, from its file where need be; null for none.</summary>
    /// <exception cref="IOException">The file cannot be read, or holds no token.</exception>
    public string? ReadToken() => Token ?? (TokenFile is null ? null : TokenFiles.Read(TokenFile));

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
