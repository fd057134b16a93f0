using System.Net;
using System.Net.Sockets;
using Environments;
using Environments.Remote;
using Protos.Bridge;
using Tests.EnvironmentTests.Remote;
using Xunit;

namespace Tests.EnvironmentTests;

public sealed class EnvironmentPermissionsTests
{
    [Theory]
    [InlineData("gym:dl.pol.evil:Env", "asks for the Python module 'dl.pol.evil'", "--allow-module dl.pol.evil")]
    [InlineData("gym:gym:evil:Env", "asks for the Python module 'gym'", "--allow-module gym")]
    [InlineData("gym:CartPole-v1?wrappers=evil:Wrapper?a=1", "asks for the Python module 'evil'", "--allow-module evil")]
    [InlineData("gym:evil:Env?lane=inprocess", "asks for the Python module 'evil'", "--allow-module evil")]
    [InlineData("gym:Meta-v0?env_id=evil:Env", "gives text to 'Meta-v0'", "--allow-module Meta-v0")]
    [InlineData("grpc://127.0.0.1:9/X", "asks for the server 'grpc://127.0.0.1:9'", "--allow-server grpc://127.0.0.1:9")]
    [InlineData("grpcs://host:9/evil:X", "asks for the server 'grpcs://host:9'", "--allow-server grpcs://host:9")]
    [InlineData("grpc+unix:/tmp/s:X", "asks for the server 'grpc+unix:/tmp/s'", "--allow-server grpc+unix:/tmp/s")]
    public void Find_IdOfAFileThatAsksForCodeOrAServer_IsRefusedAndSaysHowToAllowIt(string id, string asks, string flag)
    {
        EnvironmentRegistry registry = EnvironmentRegistry.Default.With(EnvironmentPermissions.None);

        string message = Assert.Throws<EnvironmentNotAllowedException>(() => registry.Find(id)).Message;

        Assert.Contains(asks, message, StringComparison.Ordinal);
        Assert.Contains(flag, message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
        Assert.Throws<EnvironmentNotAllowedException>(() => registry.Make(id));
        Assert.Throws<EnvironmentNotAllowedException>(() => registry.Copy().Make(id));
        Assert.False(registry.TryFind(id, out _));
    }

    [Fact]
    public void Find_NameThatAShellWouldTakeApart_IsNotOfferedForPasting()
    {
        EnvironmentRegistry registry = EnvironmentRegistry.Default.With(EnvironmentPermissions.None);

        string message = Assert
            .Throws<EnvironmentNotAllowedException>(() => registry.Find("gym:x;rm -rf $HOME\u001b[2J:Env"))
            .Message;

        Assert.EndsWith("allow it with --allow-module.", message, StringComparison.Ordinal);
        Assert.Contains("\\u001B[2J", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bridge_cases")]
    [InlineData("bridge_cases:CartPole")]
    public void Find_ModuleThatIsAllowed_IsMade(string allowed)
    {
        EnvironmentRegistry registry = EnvironmentRegistry.Default.With(EnvironmentPermissions.None.AllowModule(allowed));

        Assert.Equal(500, registry.Find(PythonCases.Id("CartPole")).MaxEpisodeSteps);
        Assert.Throws<EnvironmentNotAllowedException>(() => registry.Find("gym:bridge_cases_of_another:CartPole"));
        Assert.Throws<EnvironmentNotAllowedException>(() =>
            registry.Find(PythonCases.Id("CartPole") + "?wrappers=other:Wrapper")
        );
    }

    [Fact]
    public void Find_IdThatTheUserTyped_AllowsWhatItNamesAndNothingElse()
    {
        EnvironmentPermissions permissions = EnvironmentPermissions
            .None.AllowId(PythonCases.Id("CartPole"))
            .AllowId("CartPole-v1")
            .AllowId("grpc://nonsense");
        EnvironmentRegistry registry = EnvironmentRegistry.Default.With(permissions);

        Assert.Equal(500, registry.Find(PythonCases.Id("CartPole")).MaxEpisodeSteps);
        Assert.Throws<EnvironmentNotAllowedException>(() => registry.Find("gym:os:Env"));
        Assert.Throws<EnvironmentNotAllowedException>(() => registry.Find("grpc://127.0.0.1:9/X"));
    }

    [Fact]
    public async Task Find_ServerOfAFile_IsCalledOnlyWhereItIsAllowed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        string server = $"grpc://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";
        EnvironmentRegistry closed = EnvironmentRegistry.Default.With(
            EnvironmentPermissions.None.AllowServer("grpc://127.0.0.1:1")
        );

        Assert.Throws<EnvironmentNotAllowedException>(() => closed.Find(server + "/X"));
        Assert.False(listener.Pending());

        EnvironmentRegistry open = EnvironmentRegistry.Default.With(EnvironmentPermissions.None.AllowServer(server));
        Task<Exception?> looking = Task.Run(() => Record.Exception(() => open.Find(server + "/X")));
        using Socket caller = await listener.AcceptSocketAsync();
        caller.Dispose();
        Assert.IsAssignableFrom<IOException>(await looking);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9")]
    [InlineData("gym:x")]
    [InlineData("grpc://host:9/X")] // another machine in the clear
    public void AllowServer_WhatIsNoServer_IsAnError(string address) =>
        Assert.Throws<InvalidOptionException>(() => EnvironmentPermissions.None.AllowServer(address));

    [Theory]
    [InlineData(0u, null)]
    [InlineData(500u, 500)]
    public void LimitOf_StepsThatAServerDescribes_AreTheLimit(uint steps, int? expected) =>
        Assert.Equal(expected, RemoteEnvironments.LimitOf(new Description { MaxEpisodeSteps = steps }));

    [Fact]
    public void LimitOf_MoreStepsThanCanBeCounted_IsTheServersFault() =>
        Assert.Contains(
            "episodes of at most 4294967295 steps",
            Assert
                .Throws<InvalidDataException>(() =>
                    RemoteEnvironments.LimitOf(new Description { MaxEpisodeSteps = uint.MaxValue })
                )
                .Message,
            StringComparison.Ordinal
        );
}
