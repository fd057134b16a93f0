using System.Diagnostics;
using Chaos.Processes;
using Environments;
using Environments.Processes;
using Environments.Remote;
using Tests.Waits;
using Xunit;

namespace Tests.EnvironmentTests.Remote;

/// <summary>The server of environments as somebody starts it by hand: its threads, its end, and ways to it.</summary>
public sealed class BridgeServerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public void Serve_OneClient_GivesItsEnvironmentsTheMainThread()
    {
        using var server = new PythonServer("serve", "--max-clients", "1");
        for (int client = 0; client < 2; client++) // one after the other
        {
            using var environment = (RemoteEnvironment)EnvironmentRegistry.Default.Make(server.Id("odd_cases:NeedsMainThread"));
            environment.Reset(0);
            environment.Step([0]);

            Assert.Equal([1f], environment.Rewards);
        }
    }

    [Fact]
    public void Serve_ManyClients_SaysWhatAnEnvironmentLacksThatNeedsTheMainThread()
    {
        using var server = new PythonServer("serve");
        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() =>
            EnvironmentRegistry.Default.Find(server.Id("odd_cases:NeedsMainThread"))
        );

        Assert.Contains("raised ValueError: signal only works in main thread", fault.Message);
        Assert.Contains("it needs the main thread, which it has in a process of its own, gym:NAME", fault.Message);
        Assert.Contains("--max-clients 1", fault.Message);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task Serve_TerminatedWhileAnEnvironmentHangs_Ends(string clients)
    {
        using var folder = new TemporaryFolder();
        string once = folder.In("once");
        using var server = new PythonServer("serve", "--max-clients", clients);
        using var environment = (RemoteEnvironment)
            EnvironmentRegistry.Default.Make(server.Id($"bridge_cases:Hangs?timeout=3000&at=1&once={once}"));
        environment.Reset(0);
        Task step = Task.Run(() => environment.Step([0]), TestContext.Current.CancellationToken);
        await Deadline.UntilAsync(() => File.Exists(once));
        server.Signal(PosixProcess.Terminate);
        int code = await server.EndAsync();
        environment.Interrupt(); // it would look for another server for a while

        Assert.Equal(0, code);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => step.InTime());
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("unix:{0}/socket")]
    public void HealthAndClient_AProxyIsSet_ReachThisMachineWithoutIt(string listen)
    {
        using var folder = new TemporaryFolder();
        using var server = PythonServer.At(string.Format(null, listen, folder.Path), "serve");
        var proxies = new Dictionary<string, string>
        {
            ["http_proxy"] = "http://127.0.0.1:9", // nobody listens there
            ["https_proxy"] = "http://127.0.0.1:9",
            ["no_proxy"] = "",
        };

        (int code, string said) = Run(proxies, "-m", "agents_bridge", "health", server.Address);
        Assert.True(code == 0, said);
        (code, said) = Run(
            proxies,
            "-c",
            "import sys; from agents_bridge.client import Env; env = Env(sys.argv[1], 'bridge_cases:CartPole'); print(len(env.reset(seed=1)[0]))",
            server.Address
        );
        Assert.True(code == 0, said);
        Assert.Equal("4", said.Trim());
    }

    [Fact]
    public void Serve_ASocketWhosePathIsTooLong_SaysSo()
    {
        (int code, string said) = Run([], "-m", "agents_bridge", "serve", "--listen", "unix:/tmp/" + new string('x', 108));

        Assert.Equal(1, code);
        Assert.Contains("longer than the 107 bytes", said);
    }

    private static (int Code, string Said) Run(Dictionary<string, string> variables, params string[] arguments)
    {
        ProcessStartInfo start = PythonInterpreter.Start(PythonRun.FindPython(), PythonCases.Settings, arguments);
        foreach ((string name, string value) in variables)
        {
            start.Environment[name] = value;
        }
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        (string Output, string Errors)? said = ChildProcess.Finish(process, Patience);
        Assert.NotNull(said);
        return (process.ExitCode, said.Value.Output + said.Value.Errors);
    }
}
