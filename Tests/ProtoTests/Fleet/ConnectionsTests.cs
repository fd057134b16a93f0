using Protos.Fleet;
using Protos.Rpc;
using Xunit;

namespace Tests.ProtoTests.Fleet;

public sealed class ConnectionsTests
{
    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("http://localhost:1")]
    [InlineData("unix:/tmp/socket")]
    [InlineData("https://localhost:1")]
    public void Handler_AnAddressOfThisMachine_IsReachedWithoutAProxy(string address)
    {
        using SocketsHttpHandler handler = Connections.Handler(FleetAddress.Parse(address));

        Assert.False(handler.UseProxy);
    }
}
