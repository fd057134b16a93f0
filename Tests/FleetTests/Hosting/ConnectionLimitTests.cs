using System.Diagnostics;
using System.Net.Sockets;
using Actors.Fleet;
using Environments;
using Fleet.Hosting;
using Grpc.Core;
using Grpc.Net.Client;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Protos.Fleet;
using Protos.Rpc;
using Tests.DeployTests;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests.Hosting;

/// <summary>Servers that may open few files, and strangers who connect and say nothing.</summary>
public sealed class ConnectionLimitTests : IDisposable
{
    // A .NET server alone has more than 200 open.
    private const int Files = 400;
    private const int Idle = 500;

    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _things = [];

    public void Dispose()
    {
        _things.ForEach(thing => thing.Dispose());
        _folder.Dispose();
    }

    [Theory]
    [InlineData(1, 330, 250, 16)]
    [InlineData(2, 330, 250, 8)]
    [InlineData(1, 1_024, 200, 696)]
    [InlineData(2, 1_048_576, 200, 10_000)]
    public void PerPort_LimitOfFiles_LeavesAnEighthAndNoLessThanSixtyFour(int ports, long limit, long open, int expected) =>
        Assert.Equal(expected, ConnectionBudget.PerPort(ports, limit, open));

    [Fact]
    public void PerPort_NoRoom_SaysHowToMakeSome()
    {
        IOException exception = Assert.Throws<IOException>(() => ConnectionBudget.PerPort(1, 256, 190));

        Assert.Contains("may open only 256 files and has 190 open", exception.Message, StringComparison.Ordinal);
        Assert.Contains("ulimit -n", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Learner_MoreIdleConnectionsThanFiles_TrainsOnWithItsActorAndLetsNewcomersInAgain()
    {
        RequireLimits();
        string address = "unix:" + _folder.In("s");
        ServiceProcess learner = Start(
            "learner",
            "CartPole-v1",
            "--steps",
            "1e12",
            "--set",
            "evaluation.episodes=0",
            "checkpoints.every_steps=20000",
            "--out",
            _folder.In("run"),
            "--listen",
            address,
            "--metrics",
            "unix:" + _folder.In("m")
        );
        await learner.SaysAsync("Waiting for actors");
        long acknowledged = 0;
        using CancellationTokenSource stop = Deadline.Source();
        var honest = new ActorOptions
        {
            Learner = address,
            Id = "honest",
            Acknowledged = (_, _) => Interlocked.Increment(ref acknowledged),
        };
        Task<ActorResult> acting = ActorRunner.RunAsync(honest, stop.Token);
        await learner.UntilAsync(() => Task.FromResult(Volatile.Read(ref acknowledged) > 0));

        List<Socket> idle = [.. await FloodAsync("s"), .. await FloodAsync("m")];
        await learner.SaysAsync("connections and takes no more");
        long before = Volatile.Read(ref acknowledged);
        await learner.UntilAsync(() => Task.FromResult(Volatile.Read(ref acknowledged) > before + 20));

        idle.ForEach(socket => socket.Dispose());
        await learner.UntilAsync(() => AnswersAsync(address));
        Assert.False(learner.HasExited, learner.Log);
        await stop.CancelAsync();
        Assert.Equal(0, (await acting).Reconnects);
    }

    [Fact]
    public async Task ServeEnvironment_MoreIdleConnectionsThanFiles_StepsOnWithItsClient()
    {
        RequireLimits();
        ServiceProcess server = Start("serve-env", "CartPole-v1", "--listen", "unix:" + _folder.In("s"));
        await server.SaysAsync("Serving CartPole-v1");
        using IBatchedEnvironment client = EnvironmentRegistry.Default.Make($"grpc+unix:{_folder.In("s")}:CartPole-v1");
        client.Reset(1);

        await FloodAsync("s");
        for (int t = 0; t < 100; t++)
        {
            client.Step([t % 2]);
        }

        Assert.False(server.HasExited, server.Log);
    }

    [Fact]
    public async Task Serve_MoreIdleConnectionsThanFiles_AnswersItsClient()
    {
        RequireLimits();
        TrainingSettings settings = TunedSettings.For("CartPole-v1") with
        {
            TotalSteps = 2_048,
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };
        TrainingResult result = await Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In("run") });
        ServiceProcess server = Start(
            "serve",
            result.PolicyFolder,
            "--listen",
            "unix:" + _folder.In("s"),
            "--grpc",
            "unix:" + _folder.In("g")
        );
        await server.SaysAsync("Serving the policy");
        FleetAddress address = FleetAddress.Parse("unix:" + _folder.In("s"));
        using HttpClient client = Deadline.Http(Connections.Handler(address));
        await client.GetStringAsync(new Uri(address.Url, "/v1/policy"));

        await FloodAsync("s");
        await FloodAsync("g");
        for (int i = 0; i < 100; i++)
        {
            using HttpResponseMessage answer = await client.PostAsync(
                new Uri(address.Url, "/v1/act"),
                new StringContent("""{"observations": [[0, 0, 0, 0]]}""")
            );
            Assert.True(answer.IsSuccessStatusCode, server.Log);
        }

        Assert.False(server.HasExited, server.Log);
    }

    private static void RequireLimits() => Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows limits no process so.");

    private ServiceProcess Start(params string[] arguments)
    {
        var process = new ServiceProcess(
            arguments[0],
            new ProcessStartInfo(
                "/bin/sh",
                [
                    "-c",
                    $"ulimit -n {Files}; exec \"$0\" \"$@\"",
                    "dotnet",
                    Path.Combine(AppContext.BaseDirectory, "agents-cli.dll"),
                    .. arguments,
                ]
            ),
            []
        );
        _things.Add(process);
        return process;
    }

    // Whoever is turned away does not know it before it reads.
    private async Task<List<Socket>> FloodAsync(string name)
    {
        List<Socket> sockets = [];
        for (int i = 0; i < Idle; i++)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            _things.Add(socket);
            sockets.Add(socket);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder.In(name))).InTime();
        }
        return sockets;
    }

    private static async Task<bool> AnswersAsync(string learner)
    {
        using GrpcChannel channel = FleetChannel.Open(learner, null);
        try
        {
            FleetStatus status = await channel
                .CreateCallInvoker()
                .AsyncUnaryCall(FleetMethods.GetStatus, null, new CallOptions(deadline: Deadline.Utc), new StatusRequest());
            return status.Actors.Count == 1;
        }
        catch (RpcException)
        {
            return false; // still full
        }
    }
}
