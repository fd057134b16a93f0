using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Tests.Waits;

namespace Tests.StudyTests.Cluster;

/// <summary><c>agents worker</c> in a process of its own, which is killed or stopped at will.</summary>
internal sealed partial class TestWorker : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = [];

    public TestWorker(TestRedis redis, params string[] more)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [
                Path.Combine(AppContext.BaseDirectory, "agents-cli.dll"),
                "worker",
                "--cluster",
                redis.Address,
                "--silo",
                "127.0.0.1:0",
                "--gateway",
                "127.0.0.1:0",
                "--listen",
                "http://127.0.0.1:0",
                "--jobs",
                "1",
                .. more,
            ]
        )
        {
            RedirectStandardError = true,
        };
        start.Environment["AGENTS_CLUSTER_PASSWORD"] = TestRedis.Password;
        start.Environment["AGENTS_TORCH_THREADS"] = "1";
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is { } text)
            {
                _lines.Enqueue(text);
            }
        };
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has said.</summary>
    public string Said => string.Join('\n', _lines);

    /// <summary>Its ports, once it has joined.</summary>
    public async Task<(int Silo, int Gateway, string Folders)> JoinedAsync()
    {
        Match? joined = null;
        await Deadline.UntilAsync(
            () => (joined = Joined().Match(Said)).Success || _process.HasExited,
            () => $"The worker did not join: {Said}"
        );
        return joined!.Success
            ? (
                int.Parse(joined.Groups["silo"].Value, CultureInfo.InvariantCulture),
                int.Parse(joined.Groups["gateway"].Value, CultureInfo.InvariantCulture),
                joined.Groups["folders"].Value
            )
            : throw new InvalidOperationException($"The worker ended: {Said}");
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-" + name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    [GeneratedRegex(
        @"silo [\d.]+:(?<silo>\d+), gateway [\d.]+:(?<gateway>\d+), folders at (?<folders>\S+)\.(\n|$)",
        RegexOptions.ExplicitCapture
    )]
    private static partial Regex Joined();
}
