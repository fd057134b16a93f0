using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cli;
using Environments.Naming;
using Environments.Remote;
using Fleet.Hosting;
using Protos.Fleet;
using Protos.Rpc;
using Tests.PageTests;
using Tests.Waits;
using Xunit;

namespace Tests.DeployTests;

/// <summary>The compose file without an engine: its commands run as processes, its rules are read.</summary>
public sealed partial class ComposeTests : IDisposable
{
    private static readonly string[] Ours =
    [
        "certificates",
        "learner",
        "actor",
        "bridge-certificates",
        "study-certificates",
        "worker",
        "page",
    ];

    private readonly TemporaryFolder _folder = new();
    private readonly List<ServiceProcess> _processes = [];

    public void Dispose()
    {
        _processes.ForEach(process => process.Dispose());
        _folder.Dispose();
    }

    [Fact]
    public async Task Fleet_CommandsAsProcesses_TrainsToTheEndUnderWatch()
    {
        var compose = new ComposeFile(
            _folder.Path,
            new Dictionary<string, string>
            {
                ["AGENTS_STEPS"] = "20000",
                ["AGENTS_AGENT"] = "ppo",
                ["AGENTS_SEED"] = "3",
                ["AGENTS_OPTIONS"] = "--set 'ppo.learning_rate=1e-4'",
            }
        );
        Assert.Equal(0, await Run(compose.Start("certificates")).EndAsync());

        ServiceProcess learner = Run(compose.Start("learner"));
        await ScrapeAsync(compose, learner, until: "agents_actors_connected");
        await HealthyAsync(compose, "learner"); // it waits for actors

        ServiceProcess[] actors = [Run(compose.Start("actor", "actor 1")), Run(compose.Start("actor", "actor 2"))];
        string metrics = await ScrapeAsync(compose, learner, until: "agents_update_duration_seconds_bucket");
        Assert.Equal(0, await learner.EndAsync());
        foreach (ServiceProcess actor in actors)
        {
            Assert.True(await actor.EndAsync() == 0, actor.Log);
            Assert.Contains("The run is complete", actor.Log, StringComparison.Ordinal);
        }
        JsonElement summary = JsonDocument.Parse(File.ReadAllText(_folder.In("runs", "main", "summary.json"))).RootElement;
        Assert.True(summary.GetProperty("env_steps").GetInt64() >= 20_000);
        Assert.Equal("ppo", summary.GetProperty("agent").GetString());
        Assert.Equal(3, summary.GetProperty("seed").GetInt32());
        Assert.Contains(
            "learning_rate: 0.0001",
            File.ReadAllText(_folder.In("runs", "main", "config.yaml")),
            StringComparison.Ordinal
        );
        AssertDashboardShowsWhatIsMeasured(metrics);
    }

    [Fact]
    public async Task Bridge_CommandAsProcess_ServesAnEnvironmentToTheWholeFleetAndToNoStranger()
    {
        const string name = "agents_bridge.samples:CartPole";
        var compose = new ComposeFile(
            _folder.Path,
            new Dictionary<string, string>
            {
                ["AGENTS_STEPS"] = "3000",
                ["AGENTS_ENVIRONMENT"] = $"grpcs://bridge:50061/{name}",
                ["AGENTS_BRIDGE_ENVIRONMENT"] = name,
            }
        );
        Assert.Equal(0, await Run(compose.Start("certificates")).EndAsync());
        Assert.Equal(0, await Run(compose.Start("bridge-certificates")).EndAsync());
        Assert.Equal(1, await Run(compose.StartHealthCheck("bridge")).EndAsync()); // nobody listens yet
        ServiceProcess bridge = Run(compose.Start("bridge"));
        await bridge.SaysAsync("listening");
        await HealthyAsync(compose, "bridge");

        ServiceProcess learner = Run(compose.Start("learner"));
        ServiceProcess actor = Run(compose.Start("actor"));
        Assert.True(await learner.EndAsync() == 0, learner.Log);
        Assert.True(await actor.EndAsync() == 0, actor.Log);
        Assert.False(bridge.HasExited, bridge.Log);

        RemoteId id = RemoteId.Parse(compose.Translate("learner", $"grpcs://bridge:50061/{name}"));
        RemoteSettings stranger = RemoteSettings.Current with
        {
            AuthorityFile = compose.Translate("bridge", "/certificates/bridge/ca.pem"),
            Token = File.ReadAllText(compose.Translate("actor", "/certificates/actors/token")).Trim(), // of the fleet
        };
        Assert.Throws<UnauthorizedAccessException>(() => GrpcLane.Describe(id, stranger, null));
        RemoteSettings guest = stranger with
        {
            Token = null,
            TokenFile = compose.Translate("learner", "/certificates/bridge-clients/token"),
        };
        Assert.Equal(name, GrpcLane.Describe(id, guest, null).Name);
    }

    [Fact]
    public async Task Addresses_AsTheContainersListen_AreClosedToStrangers()
    {
        var compose = new ComposeFile(_folder.Path);
        Assert.Equal(0, await Run(compose.Start("certificates")).EndAsync());
        Assert.Equal(0, await Run(compose.Start("certificates")).EndAsync()); // every start of the fleet runs it again
        string[] command = compose.Command("learner");
        var options = new FleetOptions
        {
            Token = File.ReadAllText(compose.Translate("learner", After(command, "--token-file"))).Trim(),
            CertificateFile = compose.Translate("learner", After(command, "--certificate")),
            KeyFile = compose.Translate("learner", After(command, "--key")),
        };

        foreach (string option in (string[])["--listen", "--metrics"])
        {
            FleetAddress address = ListenRules.Check(After(command, option), options);
            Assert.False(address.IsLocal); // else the rule would not have been asked
            Assert.Throws<ArgumentException>(() => ListenRules.Check(After(command, option), options with { Token = null }));
        }
    }

    [Fact]
    public async Task Page_CommandAsProcess_ShowsTheRunsOfTheVolumeToWhoeverHasTheLink()
    {
        var compose = new ComposeFile(_folder.Path);
        RunFolders.Write(_folder.Path, "runs/main", 1, 10, interrupted: false);
        ServiceProcess page = Run(compose.Start("page"));
        await page.SaysAsync("#token=");
        Uri link = new(LinkOfPage().Match(page.Log).Value);
        using HttpClient client = Deadline.Http();
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(link, "/api/runs"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", link.Fragment["#token=".Length..]);

        using HttpResponseMessage answer = await client.SendAsync(request);

        JsonElement runs = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("runs");
        Assert.Equal("main", Assert.Single(runs.EnumerateArray()).GetProperty("name").GetString());
    }

    [Fact]
    public void Page_SharingTheMachinesNetwork_OpensItsLoopbackAloneAndCanWriteNothing()
    {
        var compose = new ComposeFile(_folder.Path);

        object page = compose.Service("page");

        Assert.True(FleetAddress.Parse(After(compose.Command("page"), "--listen")).IsLocal);
        Assert.Equal(["runs:/runs:ro"], page.Texts("volumes"));
        Assert.Equal(["page"], compose.Services.Where(name => compose.Service(name).Text("network_mode") == "host"));
    }

    [Fact]
    public void Commands_OfOurServices_AreKnownToTheCommandLine()
    {
        var compose = new ComposeFile(_folder.Path);
        foreach (string service in Ours)
        {
            Assert.Null(Application.Mistake(compose.Command(service)));
        }
        Assert.Null(Application.Mistake(compose.Service("learner").Texts("healthcheck", "test")[2..]));
    }

    [Fact]
    public void Services_All_AreHardenedAndLimited()
    {
        var compose = new ComposeFile(_folder.Path);
        foreach (string name in compose.Services)
        {
            object service = compose.Service(name);
            Assert.True(service.Text("read_only") == "true", name);
            Assert.Equal(["ALL"], service.Texts("cap_drop"));
            Assert.Equal(["no-new-privileges:true"], service.Texts("security_opt"));
            Assert.All(service.Texts("ports"), port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
            Assert.NotEqual("", service.Text("restart"));
            if (service.Text("restart") != "no") // else it ends at once
            {
                Assert.NotEqual("", service.Text("deploy", "resources", "limits", "memory"));
            }
        }
        Assert.Empty(compose.Service("learner").List("ports"));
        Assert.Empty(compose.Service("bridge").List("ports"));
        Assert.DoesNotContain(
            compose.Service("bridge").Texts("volumes"),
            mount =>
                mount.StartsWith("learner-", StringComparison.Ordinal) || mount.StartsWith("actor-", StringComparison.Ordinal)
        );
        Assert.Equal("true", compose.At("networks", "fleet", "internal"));
        Assert.Equal("true", compose.At("networks", "study", "internal"));
        Assert.DoesNotContain(
            compose.Service("actor").Texts("volumes"),
            mount => mount.StartsWith("learner-", StringComparison.Ordinal)
        );
    }

    private ServiceProcess Run(ServiceProcess process)
    {
        _processes.Add(process);
        return process;
    }

    // As an engine does: a probe may fail on a machine that is too busy for its answer; the next one tells.
    private Task HealthyAsync(ComposeFile compose, string service) =>
        Deadline.UntilAsync(async () => await Run(compose.StartHealthCheck(service)).EndAsync() == 0, () => _processes[^1].Log);

    private static string After(string[] command, string option) => command[Array.IndexOf(command, option) + 1];

    // As Prometheus does, with its own configuration's files.
    private static async Task<string> ScrapeAsync(ComposeFile compose, ServiceProcess learner, string until)
    {
        object job = Assert.Single(
            Assert.Single(DeployFiles.Read(DeployFiles.PathOf("observability", "prometheus.yml"))).List("scrape_configs")
        );
        string target = $"{job.Text("scheme")}://{Assert.Single(Assert.Single(job.List("static_configs")).Texts("targets"))}";
        string authority = compose.Translate("prometheus", job.Text("tls_config", "ca_file"));
        string token = File.ReadAllText(compose.Translate("prometheus", job.Text("authorization", "credentials_file"))).Trim();
        FleetAddress address = FleetAddress.Parse(compose.Translate("prometheus", target));
        using HttpClient client = Deadline.Http(Connections.Handler(address, authority));
        string text = "";
        await learner.UntilAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(address.Url, "/metrics"));
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            try
            {
                using HttpResponseMessage response = await client.SendAsync(request);
                text = await response.Content.ReadAsStringAsync();
                return text.Contains(until, StringComparison.Ordinal);
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
        return text;
    }

    private static void AssertDashboardShowsWhatIsMeasured(string metrics)
    {
        HashSet<string> measured = [.. Sample().Matches(metrics).Select(match => match.Value)];
        string path = DeployFiles.PathOf("observability", "grafana", "dashboards", "fleet.json");
        string[] expressions =
        [
            .. JsonDocument
                .Parse(File.ReadAllText(path))
                .RootElement.GetProperty("panels")
                .EnumerateArray()
                .SelectMany(panel => panel.GetProperty("targets").EnumerateArray())
                .Select(target => target.GetProperty("expr").GetString()!),
        ];
        string[] shown = [.. expressions.SelectMany(text => Metric().Matches(text).Select(match => match.Value)).Distinct()];
        Assert.True(shown.Length >= 15, $"The dashboard shows {shown.Length} metrics.");
        Assert.All(shown, name => Assert.Contains(name, measured));
    }

    [GeneratedRegex("http://\\S+#token=\\w+")]
    private static partial Regex LinkOfPage();

    [GeneratedRegex("^[a-z_0-9]+(?=[{ ])", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("(agents|dotnet)_[a-z_0-9]+")]
    private static partial Regex Metric();
}
