using System.Net.Sockets;
using System.Reflection;
using Grpc.Core;
using Protos.Rpc;
using Tests.Waits;
using Xunit;

namespace Tests.ProtoTests.Fleet;

public sealed class RpcFailuresTests
{
    [Fact]
    public void Describe_NoDetail_StillSaysSomething()
    {
        string[] texts = [.. Enum.GetValues<StatusCode>().Select(code => RpcFailures.Describe(Failed(code, "")))];

        Assert.All(texts, text => Assert.False(string.IsNullOrWhiteSpace(text)));
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.Equal("there was no answer in time", RpcFailures.Describe(Failed(StatusCode.DeadlineExceeded, "")));
    }

    [Fact]
    public void Describe_Detail_IsTheText() =>
        Assert.Equal("not kept", RpcFailures.Describe(Failed(StatusCode.NotFound, "not kept")));

    [Theory]
    [InlineData(SocketError.ConnectionRefused, "nobody listens there")]
    [InlineData(SocketError.AddressNotAvailable, "nobody listens there")]
    [InlineData(SocketError.HostNotFound, "there is no machine of this name")]
    [InlineData(SocketError.NetworkUnreachable, "there is no way to that machine from here")]
    public void Describe_WhyAConnectionFailed_IsToldWithoutNamesOfTypes(SocketError error, string expected)
    {
        var cause = new HttpRequestException("Error (localhost:80)", new SocketException((int)error));
        var status = new Status(
            StatusCode.Unavailable,
            $"Error starting gRPC call. HttpRequestException: {cause.Message}",
            cause
        );

        Assert.Equal(expected, RpcFailures.Describe(new RpcException(status)));
    }

    [Fact]
    public void Describe_TheLibrarysOwnTexts_AreNotShown()
    {
        var broken = new Status(
            StatusCode.Unavailable,
            "Error reading next message. HttpIOException: The response ended prematurely.",
            new HttpIOException(HttpRequestError.ResponseEnded, "The response ended prematurely.")
        );

        Assert.Equal("the connection broke off", RpcFailures.Describe(new RpcException(broken)));
        Assert.Equal(
            "what answers there is another program",
            RpcFailures.Describe(Failed(StatusCode.Unimplemented, "Bad gRPC response. HTTP status code: 404"))
        );
        Assert.Equal(
            "nobody answers there",
            RpcFailures.Describe(Failed(StatusCode.Unavailable, "Error connecting to subchannel."))
        );
    }

    /// <summary>Whoever tells a detail itself tells nothing where there is none.</summary>
    [Fact]
    public void Details_OfFailedCalls_AreReadInOnePlace()
    {
        Assembly[] assemblies =
        [
            typeof(RpcFailures).Assembly,
            typeof(Actors.Fleet.ActorRunner).Assembly,
            typeof(Cli.Application).Assembly,
            typeof(Environments.Remote.RemoteEnvironment).Assembly,
            typeof(global::Fleet.FleetLearner).Assembly,
        ];

        IEnumerable<string> readers =
            from method in assemblies.SelectMany(Instructions.MethodsOf)
            where
                Instructions
                    .Of(method)
                    .Any(one => one.Called is { Name: "get_Detail" } called && called.DeclaringType == typeof(Status))
            select $"{method.DeclaringType}.{method.Name}";

        Assert.Equal(["Protos.Rpc.RpcFailures.Describe"], readers);
    }

    private static RpcException Failed(StatusCode code, string detail) => new(new Status(code, detail));
}
