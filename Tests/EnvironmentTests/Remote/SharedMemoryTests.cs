using System.Security.Cryptography;
using Environments;
using Environments.Naming;
using Environments.Remote;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Protos.Bridge;
using Protos.Rpc;
using Xunit;

namespace Tests.EnvironmentTests.Remote;

/// <summary>Memory between a server and its client: neither opens a file because the other names it.</summary>
public sealed class SharedMemoryTests : IDisposable
{
    private const int Header = 64;
    private const int SlotSize = 5 * 64; // of one CartPole

    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _proof = RandomNumberGenerator.GetBytes(32);
    private readonly string _shared = $"/dev/shm/agents-bridge-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";

    public void Dispose()
    {
        _folder.Dispose();
        if (Directory.Exists(_shared))
        {
            Directory.Delete(_shared, recursive: true);
        }
    }

    [Fact]
    public async Task Reset_ThatOffersAFileAsClientsOnceDid_LeavesTheFileAsItIs()
    {
        string file = _folder.In("precious");
        byte[] content = WriteMemory(file);
        using BridgeProcess server = BridgeProcess.Start(PythonCases.Settings);
        using GrpcChannel channel = BridgeChannel.Open(server.Address, server.Token, authorityFile: null);
        using AsyncDuplexStreamingCall<SessionRequest, SessionReply> call = channel
            .CreateCallInvoker()
            .AsyncDuplexStreamingCall(BridgeMethods.Serve, null, default);
        await AskAsync(call, new SessionRequest { Open = OpenOf("bridge_cases:CartPole") });

        SessionReply reply = await AskAsync(call, new SessionRequest { Reset = OfferOf(file) });

        Assert.False(reply.Results.SharesMemory);
        Assert.Equal(16, reply.Results.Observations.Length);
        Assert.Equal(content, File.ReadAllBytes(file));
    }

    [Fact]
    public void Reset_OfAServerOfThisMachine_SharesAFileOfItsOwnThatIsGoneAfterTheNextStep()
    {
        RemoteEnvironment environment = PythonCases.Make("CartPole?lane=shm");
        int server = ((GrpcLane)environment.Lane).Process!.Id;
        environment.Reset(0);
        string folder = Assert.Single(SharedFoldersOf(server));
        Assert.True(
            !OperatingSystem.IsWindows()
                && File.GetUnixFileMode(folder) == (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute)
        );
        Assert.Single(Directory.GetFiles(folder));

        environment.Step([1]);

        Assert.Empty(Directory.GetFiles(folder));
        environment.Step([1]);
        Assert.Equal([1f], environment.Rewards);
        environment.Dispose();
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public void Reset_AfterAServerWasKilled_RemovesWhatThatOneLeft()
    {
        var killed = BridgeProcess.Start(PythonCases.Settings);
        string left;
        using (var lane = OpenLane(killed))
        {
            lane.Reset(0);
            left = Assert.Single(SharedFoldersOf(killed.Id));
            Assert.Single(Directory.GetFiles(left));
            killed.Kill();
        }
        using RemoteEnvironment environment = PythonCases.Make("CartPole?lane=shm");
        environment.Reset(0);

        Assert.False(Directory.Exists(left));
    }

    [Theory]
    [InlineData("file of a user")]
    [InlineData("link to it")]
    [InlineData("link in a folder that looks like a server's")]
    [InlineData("folder that is a link")]
    [InlineData("way around")]
    [InlineData("pipe")]
    [InlineData("nothing")]
    [InlineData("other proof")]
    [InlineData("no proof")]
    [InlineData("other size")]
    [InlineData("shorter file")]
    public void TryOpen_WhatNoServerMade_IsNotOpened(string what)
    {
        string file = _folder.In("precious");
        WriteMemory(file);
        Directory.CreateDirectory(_shared);
        string good = Path.Combine(_shared, "0123456789abcdef");
        WriteMemory(good);
        var offer = new SharedMemory
        {
            Path = good,
            Proof = ByteString.CopyFrom(_proof),
            SlotSize = SlotSize,
        };
        using (SharedSlots? slots = SharedSlots.TryOpen(offer, new StepResults(1, 4, areBytes: false)))
        {
            Assert.NotNull(slots);
        }
        string bad = Path.Combine(_shared, "fedcba9876543210");
        switch (what)
        {
            case "file of a user":
                offer.Path = file;
                break;
            case "link to it":
                offer.Path = _folder.In("link");
                File.CreateSymbolicLink(offer.Path, file);
                break;
            case "link in a folder that looks like a server's":
                offer.Path = bad;
                File.CreateSymbolicLink(bad, file);
                break;
            case "folder that is a link":
                string other = _shared + "_2";
                Directory.CreateSymbolicLink(other, _shared);
                offer.Path = Path.Combine(other, Path.GetFileName(good));
                break;
            case "way around":
                offer.Path = $"{_shared}/../../..{file}";
                break;
            case "pipe":
                Chaos.Processes.NamedPipe.Make(bad);
                offer.Path = bad;
                break;
            case "nothing":
                offer.Path = bad;
                break;
            case "other proof":
                offer.Proof = ByteString.CopyFrom(new byte[32]);
                break;
            case "no proof":
                offer.Proof = ByteString.Empty;
                break;
            case "other size":
                offer.SlotSize = SlotSize + 64;
                break;
            default:
                using (FileStream stream = File.OpenWrite(good))
                {
                    stream.SetLength(Header + SlotSize);
                }
                break;
        }

        SharedSlots? opened = SharedSlots.TryOpen(offer, new StepResults(1, 4, areBytes: false));

        if (what == "folder that is a link")
        {
            File.Delete(_shared + "_2");
        }
        Assert.Null(opened);
    }

    [Fact]
    public void Read_MemoryThatTheServerCutOff_IsAFaultAndNotTheEndOfTheProcess()
    {
        Directory.CreateDirectory(_shared);
        string file = Path.Combine(_shared, "0123456789abcdef");
        WriteMemory(file);
        var offer = new SharedMemory
        {
            Path = file,
            Proof = ByteString.CopyFrom(_proof),
            SlotSize = SlotSize,
        };
        var results = new StepResults(1, 4, areBytes: false);
        using SharedSlots slots = SharedSlots.TryOpen(offer, results)!;
        slots.Read(results);
        using (FileStream stream = File.OpenWrite(file))
        {
            stream.SetLength(Header);
        }

        Assert.Throws<EnvironmentFaultException>(() => slots.Read(results));
    }

    private byte[] WriteMemory(string path)
    {
        var content = new byte[Header + 2 * SlotSize];
        _proof.CopyTo(content, 0);
        File.WriteAllBytes(path, content);
        return content;
    }

    private Reset OfferOf(string file)
    {
        byte[] memory = new SharedMemory
        {
            Path = file,
            Proof = ByteString.CopyFrom(_proof),
            SlotSize = SlotSize,
        }.ToByteArray();
        return Reset.Parser.ParseFrom([(3 << 3) | 2, (byte)memory.Length, .. memory]);
    }

    private static Open OpenOf(string name) =>
        new()
        {
            Source = new Source { ProtocolVersion = BridgeMethods.ProtocolVersion, Id = name },
            Copies = 1,
        };

    private static GrpcLane OpenLane(BridgeProcess server)
    {
        var id = RemoteId.Parse(PythonCases.Id("CartPole?lane=shm"));
        EnvironmentSpec spec = EnvironmentRegistry.Default.Find(PythonCases.Id("CartPole"));
        return GrpcLane.Open(id, PythonCases.Settings, server, spec, copies: 1, maxEpisodeSteps: 0, results: null);
    }

    private static string[] SharedFoldersOf(int process) =>
        [
            .. Directory
                .EnumerateFileSystemEntries($"/proc/{process}/fd")
                .Select(descriptor => new FileInfo(descriptor).LinkTarget)
                .OfType<string>()
                .Where(target =>
                    target.StartsWith("/dev/shm/agents-bridge-", StringComparison.Ordinal) && Directory.Exists(target)
                ),
        ];

    private static async Task<SessionReply> AskAsync(
        AsyncDuplexStreamingCall<SessionRequest, SessionReply> call,
        SessionRequest request
    )
    {
        await call.RequestStream.WriteAsync(request);
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Null(call.ResponseStream.Current.Failure);
        return call.ResponseStream.Current;
    }
}
