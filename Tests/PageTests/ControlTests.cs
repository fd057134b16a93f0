using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Environments.Processes;
using Page;
using Page.Control;
using Page.Runs;
using Page.Serving;
using Tests.Waits;
using Xunit;

namespace Tests.PageTests;

/// <summary>Runs are stopped and continued. A process of util-linux that holds the run's lock stands for one that trains.</summary>
public sealed class ControlTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _processes = [];

    public void Dispose()
    {
        foreach (Process process in _processes)
        {
            ChildProcess.Kill(process);
            process.Dispose();
        }
        _folder.Dispose();
    }

    [Fact]
    public async Task Stop_RunOfAnotherProcess_EndsThatProcessGently()
    {
        string folder = RunFolders.Write(_folder.Path, "one", 1, 5, interrupted: null);
        Process holder = Hold(folder);
        await Deadline.UntilAsync(() => HeldLocks.Read().HolderOf(Lock(folder)) == holder.Id);
        Run run = Only();
        Assert.Equal((RunState.Training, holder.Id), (run.State, run.Process));
        var control = new RunControl(null);

        Assert.Null(control.Stop(run));

        await holder.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Deadline.Patience);
        Assert.Equal(128 + ChildProcess.TerminateSignal, holder.ExitCode);
        Assert.Equal("No process trains this run any more.", control.Stop(run));
    }

    [Fact]
    public async Task Stop_ProcessThatStillSaves_IsNotAskedTwice()
    {
        string folder = RunFolders.Write(_folder.Path, "one", 1, 5, interrupted: null);
        // Like a run that takes long to save, it does not heed the signal.
        Process holder = Start("/bin/sh", "-c", "trap '' TERM; exec flock -F \"$1\" sleep 1000", "sh", Lock(folder));
        await Deadline.UntilAsync(() => HeldLocks.Read().HolderOf(Lock(folder)) == holder.Id);
        Run run = Only();
        var control = new RunControl(null);
        Assert.Null(control.Stop(run));

        string? refusal = control.Stop(run);

        Assert.StartsWith("The run was asked to stop already.", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_TrialOfAStudy_IsLeftToTheStudy()
    {
        string study = Directory.CreateDirectory(_folder.In("study")).FullName;
        await File.WriteAllTextAsync(Path.Combine(study, "config.yaml"), "environment: CartPole-v1\nagent: ppo\n");
        string trial = RunFolders.Write(_folder.Path, "study/trials/0001-1", 1, 5, interrupted: null);
        Process holder = Hold(trial);
        await Deadline.UntilAsync(() => HeldLocks.Read().HolderOf(Lock(trial)) == holder.Id);
        var catalog = new RunCatalog(_folder.Path);
        catalog.Refresh();

        string? refusal = new RunControl(null).Stop(
            catalog.Runs.Values.Single(run => run.Name.EndsWith("0001-1", StringComparison.Ordinal))
        );

        Assert.StartsWith("This run is a part of study,", refusal, StringComparison.Ordinal);
        Assert.False(holder.HasExited);
    }

    [Fact]
    public async Task Continue_DeadRun_StartsAProcessOfItsOwnSessionThatWritesBesideIt()
    {
        string folder = RunFolders.Write(_folder.Path, "one", 1, 5, interrupted: null);
        Run run = Only();
        var control = new RunControl(_ =>
            ["/bin/sh", "-c", "echo hello from the run; exec flock -F \"$1\" sleep 1000", "sh", Lock(folder)]
        );

        Assert.Null(await control.ContinueAsync(run, TestContext.Current.CancellationToken));

        var holder = Process.GetProcessById(HeldLocks.Read().HolderOf(Lock(folder)));
        _processes.Add(holder);
        Assert.Contains("hello from the run", await File.ReadAllTextAsync(folder + ".log"), StringComparison.Ordinal);
        // After the name in brackets: state, parent, group, session.
        string status = await File.ReadAllTextAsync($"/proc/{holder.Id}/stat");
        Assert.Equal($"{holder.Id}", status[(status.LastIndexOf(')') + 2)..].Split(' ')[3]);
        Assert.Equal(
            "A process trains this run already.",
            await control.ContinueAsync(run, TestContext.Current.CancellationToken)
        );
    }

    [Fact]
    public async Task Continue_ProcessThatFails_TellsItsLastLine()
    {
        RunFolders.Write(_folder.Path, "one", 1, 5, interrupted: true);
        var control = new RunControl(_ => ["/bin/sh", "-c", "echo error: no checkpoint >&2; exit 1"]);

        string? refusal = await control.ContinueAsync(Only(), TestContext.Current.CancellationToken);

        Assert.Equal("Its process ended at once: error: no checkpoint", refusal);
    }

    [Fact]
    public async Task Continue_FinishedRunOrOneOfAFleet_IsRefusedWithWhatHelps()
    {
        string finished = RunFolders.Write(_folder.Path, "finished", 1, 5, interrupted: false);
        string fleet = RunFolders.Write(_folder.Path, "fleet", 1, 5, interrupted: true);
        Directory.CreateDirectory(Path.Combine(fleet, "journal"));
        var catalog = new RunCatalog(_folder.Path);
        catalog.Refresh();
        var control = new RunControl(_ => ["/bin/false"]);

        Assert.Contains("this one is finished", await RefusalOf(finished), StringComparison.Ordinal);
        Assert.Contains("agents learner --resume", await RefusalOf(fleet), StringComparison.Ordinal);

        Task<string?> RefusalOf(string folder) =>
            control.ContinueAsync(catalog.Runs.Values.Single(run => run.Folder == folder), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Requests_WithoutTheSecretOrFromAnotherSite_DoNothing()
    {
        RunFolders.Write(_folder.Path, "one", 1, 5, interrupted: true);
        int continued = 0;
        await using PageServer page = await PageServer.StartAsync(
            new PageOptions
            {
                Folder = _folder.Path,
                Listen = "http://127.0.0.1:0",
                Token = "0123456789abcdef0123456789abcdef",
                Continue = _ =>
                {
                    continued++;
                    return ["/bin/false"];
                },
            }
        );
        using HttpClient client = Deadline.Http();
        var address = new Uri($"{page.Address}/api/runs/{Only().Id}/continue");

        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(HttpMethod.Post, token: null, origin: null));
        Assert.Equal(
            HttpStatusCode.Forbidden,
            await SendAsync(HttpMethod.Post, "0123456789abcdef0123456789abcdef", "http://evil.example")
        );
        Assert.Equal(
            HttpStatusCode.MethodNotAllowed,
            await SendAsync(HttpMethod.Get, "0123456789abcdef0123456789abcdef", origin: null)
        );
        Assert.Equal(0, continued);
        Assert.Equal(
            HttpStatusCode.Conflict,
            await SendAsync(HttpMethod.Post, "0123456789abcdef0123456789abcdef", page.Address.TrimEnd('/'))
        );
        Assert.Equal(1, continued);

        async Task<HttpStatusCode> SendAsync(HttpMethod method, string? token, string? origin)
        {
            using var request = new HttpRequestMessage(method, address);
            request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            if (origin is not null)
            {
                request.Headers.Add("Origin", origin);
            }
            using HttpResponseMessage answer = await client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    private static string Lock(string folder) => Path.Combine(folder, "run.lock");

    private Run Only()
    {
        var catalog = new RunCatalog(_folder.Path);
        catalog.Refresh();
        return Assert.Single(catalog.Runs.Values);
    }

    private Process Hold(string folder) => Start("/usr/bin/flock", "-F", Lock(folder), "sleep", "1000");

    private Process Start(string program, params string[] words)
    {
        Process process = Process.Start(new ProcessStartInfo(program, words))!;
        _processes.Add(process);
        return process;
    }
}
