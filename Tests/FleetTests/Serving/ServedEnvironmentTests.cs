using Environments;
using Environments.Naming;
using Environments.Randomness;
using Environments.Remote;
using Environments.Spaces;
using Fleet.Hosting;
using Fleet.Serving;
using Tests.EnvironmentTests.Checking;
using Tests.EnvironmentTests.Remote;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests.Serving;

public sealed class ServedEnvironmentTests
{
    private static readonly FleetOptions Anywhere = new() { Listen = "http://127.0.0.1:0" };

    [Theory]
    [InlineData("MinAtar/Breakout-v1")]
    [InlineData("CartPole-v1")]
    [InlineData("MiniGrid/DoorKey-6x6-v0")]
    public async Task Step_ThroughTheServer_GivesTheBitsOfTheNativeBatch(string id)
    {
        await using ServiceHost host = await ServiceHost.ServeEnvironmentAsync(EnvironmentRegistry.Default, id, 8, Anywhere);
        using IBatchedEnvironment native = EnvironmentRegistry.Default.Make(id, 3);
        using IBatchedEnvironment remote = EnvironmentRegistry.Default.Make($"{Address(host)}/{id}", 3);
        Assert.Equal(native.Spec.ObservationSpace, remote.Spec.ObservationSpace);
        native.Reset(5);
        remote.Reset(5);
        var random = new Pcg64(1);
        var actions = new float[3];
        for (int t = 0; t < 200; t++)
        {
            for (int i = 0; i < 3; i++)
            {
                native.Spec.ActionSpace.Sample(ref random, actions.AsSpan(i, 1));
            }
            native.Step(actions);
            remote.Step(actions);
            Assert.Equal(native.Observations, remote.Observations);
            Assert.Equal(native.FinalObservations, remote.FinalObservations);
            Assert.Equal(native.Rewards, remote.Rewards);
            Assert.Equal(native.Terminated, remote.Terminated);
        }
    }

    [Theory]
    [InlineData(300)]
    [InlineData(-1)]
    [InlineData(0.9f)]
    public async Task Step_ABytesEnvironmentShowsWhatIsNoByte_FailsInsteadOfSendingAnother(float shown)
    {
        var registry = new EnvironmentRegistry();
        registry.Register("Tests/Bright-v0", () => new Bright(shown));
        await using ServiceHost host = await ServiceHost.ServeEnvironmentAsync(registry, "Tests/Bright-v0", 8, Anywhere);
        using IBatchedEnvironment remote = EnvironmentRegistry.Default.Make($"{Address(host)}/Tests/Bright-v0", 2);
        remote.Reset(0);
        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() => remote.Step([0, 0]));

        Assert.Contains(FormattableString.Invariant($"{shown}"), fault.Message);
        Assert.Contains("Tests/Bright-v0", fault.Message);
    }

    [Fact]
    public async Task Client_InPython_StepsWhatTheNativeBatchPlays()
    {
        await using ServiceHost host = await ServiceHost.ServeEnvironmentAsync(
            EnvironmentRegistry.Default,
            "CartPole-v1",
            8,
            Anywhere
        );
        string text = PythonRun.Run(
            """
            import sys, numpy as np
            from agents_bridge import client
            one = client.Env(sys.argv[1])
            print(one.observation_space.shape, one.action_space.n)
            observation, info = one.reset(seed=3)
            assert one.observation_space.contains(observation) and observation.dtype == np.float32
            total, steps = 0.0, 0
            while True:
                observation, reward, terminated, truncated, info = one.step(steps % 2)
                total, steps = total + reward, steps + 1
                if terminated or truncated:
                    break
            print(steps, total, terminated, np.round(observation, 5).tolist())
            print(np.round(one.reset()[0], 5).tolist())
            many = client.VectorEnv(sys.argv[1], num_envs=3)
            first, _ = many.reset(seed=3)
            print(first.shape, first.dtype, np.round(first[0], 5).tolist())
            while True:
                rows, rewards, terminated, truncated, info = many.step(np.array([1, 1, 1]))
                if "final_obs" in info:
                    break
            print(info["_final_obs"].tolist(), terminated.tolist())
            again, _ = client.Env(sys.argv[1]).reset(seed=3)
            print(np.array_equal(again, first[0]))
            """,
            host.Addresses[0]
        );
        string[] lines = text.Trim().Split('\n');
        using IBatchedEnvironment native = EnvironmentRegistry.Default.Make("CartPole-v1");
        native.Reset(3);
        float[] first = [.. native.Observations];
        int steps = 0;
        while (!native.Terminated[0])
        {
            native.Step([steps++ % 2]);
        }

        Assert.Equal("(4,) 2", lines[0]);
        Assert.StartsWith($"{steps} {steps}.0 True [", lines[1]);
        AssertClose(native.FinalObservations.ToArray(), Numbers(lines[1]));
        AssertClose(native.Observations.ToArray(), Numbers(lines[2]));
        Assert.StartsWith("(3, 4) float32", lines[3]);
        AssertClose(first, Numbers(lines[3]));
        Assert.Contains("True", lines[4]);
        Assert.Equal("True", lines[5]);
    }

    [Fact]
    public async Task Session_OfTooManyCopiesOrAnotherEnvironment_IsRefusedWithTheReason()
    {
        await using ServiceHost host = await ServiceHost.ServeEnvironmentAsync(
            EnvironmentRegistry.Default,
            "CartPole-v1",
            2,
            Anywhere
        );

        Assert.Contains(
            "at most 2 are served",
            Assert
                .Throws<EnvironmentFaultException>(() => EnvironmentRegistry.Default.Make($"{Address(host)}/CartPole-v1", 3))
                .Message
        );
        Assert.Contains(
            "is not served here",
            Assert.Throws<UnknownNameException>(() => EnvironmentRegistry.Default.Find($"{Address(host)}/Acrobot-v1")).Message
        );
    }

    [Fact]
    public async Task Session_OfOneClientTooMany_IsToldAndServedOnceAnotherHasLeft()
    {
        await using ServiceHost host = await ServiceHost.ServeEnvironmentAsync(
            EnvironmentRegistry.Default,
            "CartPole-v1",
            2,
            Anywhere,
            maxClients: 1
        );
        string id = $"{Address(host)}/CartPole-v1";
        using (EnvironmentRegistry.Default.Make(id))
        {
            Assert.Contains(
                "1 clients are served already",
                Assert.Throws<EnvironmentFaultException>(() => EnvironmentRegistry.Default.Make(id)).Message,
                StringComparison.Ordinal
            );
        }
        await Deadline.UntilAsync(() =>
        {
            try
            {
                EnvironmentRegistry.Default.Make(id).Dispose();
                return true;
            }
            catch (EnvironmentFaultException)
            {
                return false; // the server has not seen yet that the first one is gone
            }
        });
    }

    [Theory]
    [InlineData(0.9f)]
    [InlineData(300)]
    [InlineData(-1)]
    public async Task Step_EnvironmentShowsWhatIsNoByte_TellsTheClientInsteadOfCastingIt(float impossible)
    {
        var registry = new EnvironmentRegistry();
        var space = new Box(0, 255, 3) { ElementType = ElementType.UInt8 };
        registry.Register("Showing-v0", () => new Showing(space, [0, impossible, 0], at: 2));
        await using ServiceHost host = await ServiceHost.ServeEnvironmentAsync(registry, "Showing-v0", 8, Anywhere);
        using IBatchedEnvironment remote = registry.Make($"{Address(host)}/Showing-v0");
        remote.Reset(1);
        remote.Step([0]);

        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() => remote.Step([0]));

        Assert.Contains($"observation {impossible} in step 2 of copy 0, as element 1 of {space}", fault.Message);
    }

    [Theory]
    [InlineData(5, -1)]
    [InlineData(0, 0.5f)]
    public async Task Step_ActionThatTheSpaceCannotHold_IsRefusedByServerAndClient(float first, float second)
    {
        var registry = new EnvironmentRegistry();
        registry.Register("Zoo/Pair-v0", () => new Pair());
        await using ServiceHost host = await ServiceHost.ServeEnvironmentAsync(registry, "Zoo/Pair-v0", 8, Anywhere);
        using IBatchedEnvironment remote = registry.Make($"{Address(host)}/Zoo/Pair-v0");
        remote.Reset(1);
        string expected = $"Action [{first}, {second}] of copy 0 is not in MultiDiscrete(2, 3)";

        Assert.Contains(expected, Assert.Throws<ArgumentException>(() => remote.Step([first, second])).Message);
        string told = PythonRun.Run(
            """
            import sys
            from agents_bridge import client
            env = client.Env(sys.argv[1])
            env.reset(seed=1)
            try:
                env.step([float(sys.argv[2]), float(sys.argv[3])])
            except Exception as error:
                print(error)
            """,
            host.Addresses[0],
            $"{first}",
            $"{second}"
        );
        Assert.Contains(expected, told);
    }

    /// <summary>Takes two integers.</summary>
    private struct Pair : IEnvironment
    {
        public readonly Space ObservationSpace => new MultiBinary(2);

        public readonly Space ActionSpace => new MultiDiscrete(2, 3);

        public readonly void Reset(Span<float> observation, ref Pcg64 random) => observation.Clear();

        public readonly StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random) => new(1);
    }

    [Fact]
    public async Task Serve_WithAToken_LetsNobodyInWithoutIt()
    {
        const string token = "a token of more than sixteen letters";
        await using ServiceHost host = await ServiceHost.ServeEnvironmentAsync(
            EnvironmentRegistry.Default,
            "CartPole-v1",
            2,
            Anywhere with
            {
                Token = token,
            }
        );
        RemoteId id = RemoteId.Parse($"{Address(host)}/CartPole-v1");

        Assert.Throws<UnauthorizedAccessException>(() => GrpcLane.Describe(id, RemoteSettings.Current, null));
        Assert.Equal("CartPole-v1", GrpcLane.Describe(id, RemoteSettings.Current with { Token = token }, null).Name);
    }

    [Fact]
    public async Task Serve_BeyondThisMachineInTheClear_IsRefused()
    {
        ArgumentException exception = await Assert.ThrowsAsync<ArgumentException>(() =>
            ServiceHost.ServeEnvironmentAsync(
                EnvironmentRegistry.Default,
                "CartPole-v1",
                2,
                new FleetOptions { Listen = "http://0.0.0.0:0" }
            )
        );

        Assert.Contains("open to everybody", exception.Message);
    }

    private static string Address(ServiceHost host) => host.Addresses[0].Replace("http://", "grpc://");

    private static float[] Numbers(string line) =>
        [
            .. line[(line.IndexOf('[') + 1)..line.IndexOf(']')]
                .Split(',')
                .Select(number => float.Parse(number, System.Globalization.CultureInfo.InvariantCulture)),
        ];

    private static void AssertClose(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1.1e-5f);
        }
    }

    private readonly struct Bright(float shown) : IEnvironment
    {
        public Space ObservationSpace => new Box(0, 255, 2) { ElementType = ElementType.UInt8 };

        public Space ActionSpace => new Discrete(2);

        public void Reset(Span<float> observation, ref Pcg64 random) => observation.Clear();

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            observation[1] = shown;
            return new StepResult(0);
        }
    }
}
