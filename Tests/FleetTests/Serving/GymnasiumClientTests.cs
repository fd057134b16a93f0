using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Fleet.Hosting;
using Fleet.Serving;
using Tests.EnvironmentTests.Remote;
using Xunit;

namespace Tests.FleetTests.Serving;

/// <summary>Our environments as Python's Gymnasium sees them: its checks are in <c>Python/gymnasium_checks.py</c>.</summary>
public sealed class GymnasiumClientTests
{
    private const int RandomSteps = 300;
    private const int Copies = 3;

    public GymnasiumClientTests() => PythonPackage.Gymnasium.Require();

    [Theory]
    [InlineData("CartPole-v1", 20)] // a box of floats, and pictures
    [InlineData("Pendulum-v1", 3)] // actions of a box; ends by its limit
    [InlineData("Blackjack-v1", 300)] // several integers
    [InlineData("FrozenLake-v1", 30)] // an integer
    [InlineData("MinAtar/Breakout-v1", 20)] // bytes of an image
    [InlineData("MiniGrid/Empty-5x5-v0", 6)]
    [InlineData("Tests/Parts-v0", 60)] // a dictionary
    public async Task Client_OfAServedEnvironment_PassesTheChecksOfGymnasium(string id, int leastEnds)
    {
        var registry = new EnvironmentRegistry();
        registry.Register("Tests/Parts-v0", () => new Parts());
        await using ServiceHost host = await ServiceHost.ServeEnvironmentAsync(
            id.StartsWith("Tests/", StringComparison.Ordinal) ? registry : EnvironmentRegistry.Default,
            id,
            8,
            new FleetOptions { Listen = "http://127.0.0.1:0" }
        );

        string output = PythonRun.Run(
            "import runpy, sys; sys.argv = sys.argv[:2]; runpy.run_module('gymnasium_checks', run_name='__main__')",
            host.Addresses[0]
        );

        Assert.InRange(int.Parse(output, System.Globalization.CultureInfo.InvariantCulture), leastEnds, Copies * RandomSteps);
    }

    // An integer to remember, a vector and a picture; the action has two parts as well.
    private struct Parts : IEnvironment
    {
        private int _steps;

        public readonly Space ObservationSpace =>
            new Dict(
                KeyValuePair.Create<string, Space>("cue", new Discrete(3)),
                KeyValuePair.Create<string, Space>("vector", new Box(-1, 1, 2)),
                KeyValuePair.Create<string, Space>("picture", new Box(0, 255, 4, 4, 1) { ElementType = ElementType.UInt8 })
            );

        public readonly Space ActionSpace => new MultiDiscrete(3, 2);

        public void Reset(Span<float> observation, ref Pcg64 random)
        {
            _steps = 0;
            Show(observation, ref random);
        }

        public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
        {
            Show(observation, ref random);
            return new StepResult(action[0] - action[1], ++_steps == 12);
        }

        private static void Show(Span<float> observation, ref Pcg64 random)
        {
            observation[0] = random.NextInt(0, 3);
            observation[1] = (float)random.NextUniform(-1, 1);
            observation[2] = -observation[1];
            observation[3..].Fill(random.NextInt(0, 256));
        }
    }
}
