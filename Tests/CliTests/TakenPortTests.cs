using System.Net;
using System.Net.Sockets;
using Agents.Policies;
using Cli;
using Learners.Composition;
using Learners.Configuration;
using Learners.Runs;
using Learners.Training;
using Tests.Waits;
using Xunit;

namespace Tests.CliTests;

/// <summary>Servers whose port somebody else has.</summary>
public sealed class TakenPortTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TcpListener _other = new(IPAddress.Loopback, 0);

    public TakenPortTests() => _other.Start();

    private string Taken => $"http://{_other.LocalEndpoint}";

    public void Dispose()
    {
        _other.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData("--listen")]
    [InlineData("--metrics")]
    public async Task Learner_PortIsTaken_SaysSoInOneLineAndCanBeTriedAgain(string option)
    {
        string other = option == "--listen" ? "--metrics" : "--listen";
        string[] arguments =
        [
            "learner",
            "CartPole-v1",
            "--journal",
            "--out",
            _folder.In("run"),
            option,
            Taken,
            other,
            "unix:" + _folder.In("s"),
        ];

        (int code, _, string error) = await AgentsProcess.RunAsync([], TestContext.Current.CancellationToken, arguments);

        Assert.Equal(1, code);
        Assert.Equal(
            $"error: {Taken} cannot be opened: Address already in use. Choose another address, or stop what uses it.",
            error.TrimEnd()
        );
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));

        _other.Stop();
        using var stop = new CancellationTokenSource();
        var told = new StringWriter();
        Task<int> again = Application.RunAsync(arguments, TextWriter.Null, told, stop.Token);
        await Deadline.UntilAsync(() => RunFolder.Exists(_folder.In("run")) || again.IsCompleted);
        await stop.CancelAsync();
        Assert.True(await again.InTime() == 130, told.ToString());
    }

    [Theory]
    [InlineData("serve-env", "CartPole-v1", "--listen")]
    [InlineData("serve", "", "--listen")]
    [InlineData("serve", "", "--grpc")]
    public async Task Server_PortIsTaken_SaysSoInOneLine(string command, string what, string option)
    {
        if (command == "serve")
        {
            TrainingSettings settings = TunedSettings.For("CartPole-v1") with
            {
                TotalSteps = 2_048,
                Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
            };
            what = (await Trainer.TrainAsync(settings, new TrainingOptions { OutputFolder = _folder.In("run") })).PolicyFolder;
            Assert.True(File.Exists(Path.Combine(what, SavedPolicy.DescriptionFile)));
        }
        string[] free = option == "--grpc" ? ["--listen", "http://127.0.0.1:0"] : [];

        (int code, _, string error) = await AgentsProcess.RunAsync(
            [],
            TestContext.Current.CancellationToken,
            [command, what, option, Taken, .. free]
        );

        Assert.Equal(1, code);
        Assert.Equal(
            $"error: {Taken} cannot be opened: Address already in use. Choose another address, or stop what uses it.",
            error.TrimEnd()
        );
    }

    [Fact]
    public async Task Learner_CertificateThatIsNone_SaysSoInOneLineAndLeavesNoFolder()
    {
        string junk = _folder.In("junk.pem");
        File.WriteAllText(junk, "no certificate");

        (int code, _, string error) = await AgentsProcess.RunAsync(
            [],
            TestContext.Current.CancellationToken,
            [
                "learner",
                "CartPole-v1",
                "--out",
                _folder.In("run"),
                "--listen",
                "https://127.0.0.1:0",
                "--certificate",
                junk,
                "--key",
                junk,
            ]
        );

        Assert.Equal(1, code);
        Assert.StartsWith(
            $"error: '{junk}' and '{junk}' are no certificate and its key in PEM form (",
            error,
            StringComparison.Ordinal
        );
        Assert.Single(error.TrimEnd().Split('\n'));
        Assert.False(Directory.Exists(_folder.In("run")));
    }

    [Fact]
    public async Task Learner_OneAddressForTwoPurposes_SaysSoInOneLine()
    {
        var error = new StringWriter();
        string socket = "unix:" + _folder.In("s");

        int code = await Application.RunAsync(
            ["learner", "CartPole-v1", "--out", _folder.In("run"), "--listen", socket, "--metrics", socket],
            TextWriter.Null,
            error,
            default
        );

        Assert.Equal(1, code);
        Assert.Equal($"error: {socket} was given for two purposes. Give each an address of its own.", error.ToString().TrimEnd());
    }
}
