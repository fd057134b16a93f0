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
