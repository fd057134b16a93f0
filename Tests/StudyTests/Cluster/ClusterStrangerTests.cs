using System.Net.Security;
using System.Net.Sockets;
using Fleet.Hosting;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Fleet;
using Studies.Cluster.Joining;
using Studies.Cluster.Transfer;
using Tests.CliTests;
using Tests.Waits;
using Xunit;

namespace Tests.StudyTests.Cluster;

/// <summary>Who knocks at a cluster's ports without its secrets, and clusters that are not there.</summary>
public sealed class ClusterStrangerTests
{
    private const string Token = "a token of enough characters";

    [Fact]
    public async Task Ports_OfAnEncryptedCluster_RefuseStrangersAndLetTheStudyIn()
    {
        using TestRedis redis = await TestRedis.StartAsync();
        using var folder = new TemporaryFolder();
        CertificateFiles.Create(folder.In("own"), ["localhost"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        CertificateFiles.Create(folder.In("other"), ["localhost"], DateTimeOffset.UtcNow, TimeSpan.FromDays(1));
        System.IO.File.WriteAllText(folder.In("token"), Token);
        string[] secrets = ["--certificate", folder.In("own", "worker.pem"), "--key", folder.In("own", "worker-key.pem")];
        using var worker = new TestWorker(
            redis,
            [.. secrets, "--ca", folder.In("own", "ca.pem"), "--token-file", folder.In("token")]
        );
        (int silo, int gateway, string folders) = await worker.JoinedAsync();

        Assert.True(await IsRefusedAsync(silo, null, null)); // no encryption
        Assert.True(await IsRefusedAsync(gateway, null, null));
        Assert.True(await IsRefusedAsync(silo, folder.In("other", "learner"), folder.In("own")));
        Assert.True(await IsRefusedAsync(silo, folder.In("own", "actor"), folder.In("own"))); // actors have no business here
        Assert.True(await IsRefusedAsync(gateway, folder.In("own", "actor"), folder.In("own")));
        Assert.False(await IsRefusedAsync(silo, folder.In("own", "learner"), folder.In("own"), mayBeLetIn: true));
        using var channel = GrpcChannel.ForAddress(folders);
        RpcException refused = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Worker.WorkerClient(channel).Fetch(new FetchRequest { Held = new Held() }).ResponseStream.MoveNext(default)
        );
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        ClusterOptions options = ClusterStudies.Options(redis) with
        {
            CertificateFile = folder.In("own", "worker.pem"),
            KeyFile = folder.In("own", "worker-key.pem"),
            AuthorityFile = folder.In("own", "ca.pem"),
            Token = Token,
        };
        await ClusterStudies.RunAsync(ClusterStudies.Sweep(2_000, 1), folder.In("study"), options).InTime();
    }

    [Fact]
    public async Task Table_WithoutItsPassword_RefusesWithOneLine()
    {
        using TestRedis redis = await TestRedis.StartAsync();

        (int code, _, string error) = await AgentsProcess.RunAsync([], default, "worker", "--cluster", redis.Address);

        Assert.Equal(1, code);
        Assert.Contains("refuses the password, since none is given", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.Throws<IOException>(() => ClusterTable.Require(ClusterStudies.Options(redis) with { Password = "a wrong one" }));
    }

    [Fact]
    public async Task Worker_ClusterThatIsNotThere_SaysSoInOneLine()
    {
        (int code, _, string error) = await AgentsProcess.RunAsync([], default, "worker", "--cluster", "redis://127.0.0.1:1");

        Assert.Equal(1, code);
        Assert.Contains("There is no cluster at redis://127.0.0.1:1", error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public void Options_ThatWouldLetStrangersIn_AreRefused()
    {
        ClusterOptions local = new() { Address = ClusterAddress.Parse("redis://127.0.0.1:6379") };

        Assert.Contains(
            "holds a password",
            Assert.Throws<ArgumentException>(() => ClusterAddress.Parse("redis://:secret@127.0.0.1:1")).Message,
            StringComparison.Ordinal
        );
        Assert.Throws<ArgumentException>(() => SiloAddresses.Read("0.0.0.0:0", "0.0.0.0:0", local));
        Assert.Throws<ArgumentException>((local with { Address = ClusterAddress.Parse("redis://10.0.0.1:6379") }).Check);
        Assert.Throws<ArgumentException>(() => ListenRules.Check("http://0.0.0.0:5071", new FleetOptions()));
    }

    // Whoever is let in hears nothing, since it says nothing; whoever is refused is hung up on.
    [ShortTime("Whoever is refused is hung up on, however late; only who is let in waits to the end.")]
    private static async Task<bool> IsRefusedAsync(int port, string? certificate, string? authority, bool mayBeLetIn = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        using CancellationTokenSource patience = Deadline.Source();
        try
        {
            Stream stream = client.GetStream();
            if (certificate is null || authority is null)
            {
                await stream.WriteAsync(new byte[1_024], patience.Token);
            }
            else
            {
                var encrypted = new SslStream(stream, false, (_, shown, _, _) => shown is not null);
                await encrypted.AuthenticateAsClientAsync(
                    new SslClientAuthenticationOptions
                    {
                        TargetHost = "agents-study",
                        ClientCertificates = [CertificateFiles.ReadPair($"{certificate}.pem", $"{certificate}-key.pem")],
                    },
                    patience.Token
                );
                stream = encrypted;
            }
            if (mayBeLetIn)
            {
                patience.CancelAfter(TimeSpan.FromSeconds(3));
            }
            byte[] answer = new byte[256];
            while (await stream.ReadAsync(answer, patience.Token) > 0) { }
            return true;
        }
        catch (Exception exception) when (exception is IOException or System.Security.Authentication.AuthenticationException)
        {
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
