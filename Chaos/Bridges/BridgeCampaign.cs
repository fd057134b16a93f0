using Chaos.Campaigns;
using Chaos.Processes;
using Environments.Remote;
using Protos.Fleet;

namespace Chaos.Bridges;

/// <summary>
/// Lets clients that no library writes speak to both servers of environments, and a server that nobody wrote to our client: none may fall,
/// hang or grow, and no file may be opened whose name one of them made up.
/// </summary>
internal static class BridgeCampaign
{
    private const int DefaultMessages = 5_000;
    private const string NativeName = "CartPole-v1";
    private const string PythonName = "agents_bridge.samples:CartPole";
    private const string SharedFolders = "/dev/shm/agents-bridge-";

    public static async Task<ChaosReport> RunAsync(ChaosOptions options, CancellationToken cancellationToken)
    {
        PosixProcess.RequireLinux();
        string folder = Path.Combine(Path.GetFullPath(options.Folder), "bridge");
        Directory.CreateDirectory(folder);
        int messages = options.Messages ?? DefaultMessages;
        var report = new ChaosReport();
        using (var canaries = new Canaries(folder))
        {
            await AttackNativeAsync(options, folder, canaries, messages, report, cancellationToken).ConfigureAwait(false);
            await AttackPythonAsync(options, canaries, messages, report, cancellationToken).ConfigureAwait(false);
            await new HostileServerPart(canaries, options).RunAsync(messages, report, cancellationToken).ConfigureAwait(false);
            report.AddAtMost("files_touched", canaries.Touched, 0);
        }
        return report;
    }

    private static async Task AttackNativeAsync(
        ChaosOptions options,
        string folder,
        Canaries canaries,
        int messages,
        ChaosReport report,
        CancellationToken cancellationToken
    )
    {
        FleetAddress address = FleetAddress.Parse("unix:" + Path.Combine(folder, "e"));
        using var log = new ProcessLog(Path.Combine(folder, "serve-env.log"));
        const string Ready = "Serving " + NativeName;
        log.Watch(Ready);
        using FleetProcess server = FleetProcess.Start(
            [.. options.Command, "serve-env", NativeName, "--max-envs", "8", "--listen", address.ToString()],
            log,
            options.Slowdown
        );
        while (log.Count(Ready) == 0)
        {
            if (server.HasExited)
            {
                throw new IOException($"{NativeName} could not be served. The log is '{log.Path}'.");
            }
            await Task.Delay(20, cancellationToken).ConfigureAwait(false);
        }
        var part = new HostileClientPart("native", address, null, NativeName, server.Id, canaries, options);
        await part.RunAsync(messages, report, cancellationToken).ConfigureAwait(false);
        report.AddAtMost("native_deaths", server.HasExited ? 1 : 0, 0);
        report.AddAtMost("native_errors", log.Errors, 0);
        await server.StopAsync().ConfigureAwait(false);
    }

    private static async Task AttackPythonAsync(
        ChaosOptions options,
        Canaries canaries,
        int messages,
        ChaosReport report,
        CancellationToken cancellationToken
    )
    {
        string[] shared;
        using (BridgeProcess server = BridgeProcess.Start(RemoteSettings.Current, HostileClientPart.Clients))
        {
            var part = new HostileClientPart("python", server.Address, server.Token, PythonName, server.Id, canaries, options);
            await part.RunAsync(messages, report, cancellationToken).ConfigureAwait(false);
            report.AddAtMost("python_deaths", server.IsAlive ? 0 : 1, 0);
            shared = SharedFoldersOf(server.Id);
        }
        report.AddAtLeast("shared_folders", shared.Length, 1);
        report.AddAtMost("shared_folders_left", shared.Count(Directory.Exists), 0);
    }

    // Which the process holds open, so that they are told from those of others.
    private static string[] SharedFoldersOf(int process) =>
        [
            .. Directory
                .EnumerateFileSystemEntries($"/proc/{process}/fd")
                .Select(descriptor => new FileInfo(descriptor).LinkTarget)
                .OfType<string>()
                .Where(target => target.StartsWith(SharedFolders, StringComparison.Ordinal)),
        ];
}
