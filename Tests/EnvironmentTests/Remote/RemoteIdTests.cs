using Environments;
using Environments.Naming;
using Tests.Waits;
using Xunit;

namespace Tests.EnvironmentTests.Remote;

[ShortTime("Ids are read and nothing is started.")]
public sealed class RemoteIdTests
{
    [Theory]
    [InlineData("gym:CartPole-v1", null, "CartPole-v1", ObservationLane.Auto)]
    [InlineData("gym:package.module:Class?lane=inprocess", null, "package.module:Class", ObservationLane.InProcess)]
    [InlineData("grpc://127.0.0.1:50061/ALE/Pong-v5", "http://127.0.0.1:50061", "ALE/Pong-v5", ObservationLane.Auto)]
    [InlineData(
        "grpcs://far.example:443/CartPole-v1?lane=messages",
        "https://far.example:443",
        "CartPole-v1",
        ObservationLane.Messages
    )]
    [InlineData("grpc+unix:/run/bridge.sock:m:Class", "unix:/run/bridge.sock", "m:Class", ObservationLane.Auto)]
    public void Parse_AnId_GivesItsParts(string text, string? address, string name, ObservationLane lane)
    {
        RemoteId id = RemoteId.Parse(text);

        Assert.Equal(text, id.Text);
        Assert.Equal(address, id.Address?.ToString());
        Assert.Equal(name, id.Name);
        Assert.Equal(lane, id.Lane);
        Assert.Equal(name, RemoteId.NameBehind(text));
    }

    [Fact]
    public void Parse_Options_AreTheBridgesOrArgumentsOfTheEnvironment()
    {
        RemoteId id = RemoteId.Parse("gym:LunarLander-v3?timeout=5&continuous=true&gravity=-5.5&wrappers=atari,m:W&mode=easy");

        Assert.Equal(TimeSpan.FromSeconds(5), id.Timeout);
        Assert.Equal(["atari", "m:W"], id.Wrappers);
        Assert.Equal("""{"continuous":true,"gravity":-5.5,"mode":"easy"}""", id.ArgumentsJson);
    }

    [Theory]
    [InlineData("gym:CartPole-v1?lane=fast", "auto, messages, shm or inprocess")]
    [InlineData("gym:CartPole-v1?timeout=0", "1 to 86400 seconds")]
    [InlineData("gym:CartPole-v1?a=1&a=2", "twice")]
    [InlineData("gym:", "names no environment")]
    [InlineData("grpc://127.0.0.1:50061", "names no environment")]
    [InlineData("grpc://10.0.0.1:50061/CartPole-v1", "in the clear")]
    [InlineData("grpc://localhost/CartPole-v1", "the port is missing")]
    [InlineData("grpc://127.0.0.1:1/CartPole-v1?lane=inprocess", "cannot be inprocess")]
    public void Parse_WhatCannotBe_IsRefusedInOneLine(string text, string expected)
    {
        InvalidOptionException exception = Assert.Throws<InvalidOptionException>(() => RemoteId.Parse(text));

        Assert.Contains(expected, exception.Message);
    }

    [Theory]
    [InlineData("CartPole-v1")]
    [InlineData("ALE/Pong-v5")]
    [InlineData("MinAtar/Breakout-v1")]
    public void IsRemote_IdsOfThisProcess_AreNot(string id) => Assert.False(RemoteId.IsRemote(id));
}
