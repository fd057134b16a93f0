using System.Net;
using Actors;
using Actors.Fleet;
using Agents.Networks;
using Cli;
using Environments;
using Fleet;
using Fleet.Checks;
using Fleet.Hosting;
using Fleet.Intake;
using Fleet.Telemetry;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Microsoft.Extensions.Logging.Abstractions;
using Protos;
using Protos.Fleet;
using Protos.Rpc;
using Tests.LearnerTests.Metrics;
using Tests.Waits;
using Xunit;

namespace Tests.DeployTests;

public sealed class HealthTests : IDisposable
{
    private const string Token = "0123456789abcdef0123456789abcdef";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    [ShortTime("The clock is set by hand.")]
    public void Pulse_LoopThatWorksTooLong_IsUnhealthyUntilItBeats()
    {
        var clock = new ManualTime();
        var pulse = new LearningPulse(clock);
        pulse.Beat();

        clock.Now += TimeSpan.FromSeconds(60);
        Assert.True(pulse.IsHealthy(TimeSpan.FromSeconds(60)));
        clock.Now += TimeSpan.FromSeconds(1);
        Assert.False(pulse.IsHealthy(TimeSpan.FromSeconds(60)));
        pulse.Beat();
        Assert.True(pulse.IsHealthy(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    [ShortTime("The clock is set by hand.")]
    public void Pulse_LoopThatWaitsForActors_IsHealthyHoweverLong()
    {
        var clock = new ManualTime();
        var pulse = new LearningPulse(clock);
        pulse.Rest();

        clock.Now += TimeSpan.FromDays(7);

        Assert.True(pulse.IsHealthy(TimeSpan.FromSeconds(60)));
    }

    [Fact]
    public async Task Health_WithoutTheToken_SaysOneWordAndNothingElseIsOpen()
    {
        string socket = _folder.In("metrics.sock");
        var clock = new ManualTime();
        using FleetHub hub = MakeHub(clock);
        await using FleetServer server = await StartAsync(hub, socket);
        FleetAddress address = FleetAddress.Parse("unix:" + socket);
        using HttpClient client = Deadline.Http(Connections.Handler(address));

        hub.Pulse.Rest();
        Assert.Equal("healthy\n", await client.GetStringAsync(new Uri(address.Url, "/health")));
        Assert.Equal(
            0,
            await Application.RunAsync(
                ["health", "--metrics", address.ToString(), "--timeout", "300"],
                TextWriter.Null,
                TextWriter.Null,
                default
            )
        );

        hub.Pulse.Beat();
        clock.Now += TimeSpan.FromMinutes(6);
        using HttpResponseMessage hanging = await client.GetAsync(new Uri(address.Url, "/health"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, hanging.StatusCode);
        Assert.Equal("unhealthy\n", await hanging.Content.ReadAsStringAsync());
        Assert.Equal(
            1,
            await Application.RunAsync(
                ["health", "--metrics", address.ToString(), "--timeout", "300"],
                TextWriter.Null,
                TextWriter.Null,
                default
            )
        );

        foreach (string path in (string[])["/metrics", "/health/", "/healthz", "/"])
        {
            using HttpResponseMessage refused = await client.GetAsync(new Uri(address.Url, path));
            Assert.True(refused.StatusCode == HttpStatusCode.Unauthorized, path);
        }
        using HttpResponseMessage posted = await client.PostAsync(new Uri(address.Url, "/health"), null);
        Assert.Equal(HttpStatusCode.Unauthorized, posted.StatusCode);
        Assert.Equal(5, hub.Metrics.Strangers);
    }

    [Fact]
    public async Task Health_NobodyListens_FailsAndSaysWhy()
    {
        var error = new StringWriter();

        int code = await Application.RunAsync(
            ["health", "--metrics", "unix:" + _folder.In("none.sock"), "--timeout", "300"],
            TextWriter.Null,
            error,
            default
        );

        Assert.Equal(1, code);
        Assert.StartsWith("unhealthy: ", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Learner_ThatStays_TellsLateActorsAndAgainAfterAResume()
    {
        string socket = "unix:" + _folder.In("fleet.sock");
        var fleet = new FleetOptions { Listen = socket, Stay = true };
        var options = new TrainingOptions { OutputFolder = _folder.In("run") };
        TrainingSettings settings = TunedSettings.For("CartPole-v1", "impala") with { TotalSteps = 1_000 };
        using (var stop = new CancellationTokenSource())
        {
            Task<TrainingResult> learner = FleetLearner.TrainAsync(settings, fleet, options, stop.Token);
            Assert.True((await ActAsync(socket, "early")).RunCompleted);
            Assert.True((await ActAsync(socket, "late")).RunCompleted);
            // Its last evaluation; stopped inside it, the run would not be complete.
            await Deadline.UntilAsync(() => File.Exists(_folder.In("run", "summary.json")) || learner.IsCompleted);
            Assert.True((await ActAsync(socket, "too-late")).RunCompleted);
            Assert.False(learner.IsCompleted);
            await stop.CancelAsync();
            Assert.False((await learner).Interrupted);
        }
        using (var stop = new CancellationTokenSource())
        {
            Task<TrainingResult> learner = FleetLearner.ResumeAsync(_folder.In("run"), [], fleet, null, stop.Token);
            Assert.True((await ActAsync(socket, "later")).RunCompleted);
            await stop.CancelAsync();
            Assert.False((await learner).Interrupted);
        }
    }

    [Fact]
    public async Task Learner_ContinuesAnotherRun_IsRefused()
    {
        var options = new TrainingOptions { OutputFolder = _folder.In("run") };
        using (var stop = new CancellationTokenSource())
        {
            var fleet = new FleetOptions { Listen = "unix:" + _folder.In("fleet.sock"), Listening = _ => stop.Cancel() };
            await FleetLearner.TrainAsync(TunedSettings.For("CartPole-v1", "impala"), fleet, options, stop.Token);
        }
        var error = new StringWriter();

        int code = await Application.RunAsync(
            ["learner", "Acrobot-v1", "--out", _folder.In("run"), "--continue", "--listen", "unix:" + _folder.In("fleet.sock")],
            TextWriter.Null,
            error,
            default
        );

        Assert.Equal(2, code);
        Assert.Contains("CartPole-v1, not of Acrobot-v1", error.ToString(), StringComparison.Ordinal);
    }

    private static Task<ActorResult> ActAsync(string learner, string id) =>
        ActorRunner.RunAsync(
            new ActorOptions
            {
                Learner = learner,
                Id = id,
                Patience = Deadline.Patience,
            }
        );

    private static FleetHub MakeHub(TimeProvider clock)
    {
        TrainingSettings settings = TunedSettings.For("CartPole-v1", "impala");
        using EnvironmentPipeline probe = EnvironmentPipeline.ForTraining(
            EnvironmentRegistry.Default.Make(settings.Environment),
            settings.Wrappers,
            settings.Agent.DiscountFactor
        );
        NetworkSpec spec = probe.NetworkFor(settings.Network);
        UnrollShape shape = probe.ShapeFor(spec, settings.Agent.UnrollLength);
        return new FleetHub(settings, "run", UnrollChecks.For(probe, spec, shape, settings), null, clock, NullLogger.Instance);
    }

    private Task<FleetServer> StartAsync(FleetHub hub, string metrics) =>
        FleetServer.StartAsync(
            FleetServer.Bind(Options(metrics)),
            hub,
            new FleetStatusBoard(TunedSettings.For("CartPole-v1", "impala"), _folder.Path),
            Options(metrics),
            NullLoggerFactory.Instance
        );

    private FleetOptions Options(string metrics) =>
        new()
        {
            Listen = "unix:" + _folder.In("fleet.sock"),
            MetricsListen = "unix:" + metrics,
            Token = Token,
        };
}
