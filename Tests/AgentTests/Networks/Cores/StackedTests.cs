using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Networks.Cores.Stacked;
using Agents.Networks.Layers;
using Agents.Programs;
using Agents.Yaml;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>What each layer of a stack reads and remembers.</summary>
public sealed class StackedTests
{
    private const int Inputs = 3;
    private const int Size = 4;

    [Fact]
    public void Declare_TwoLayers_HaveTheParametersOfBoth()
    {
        MemoryCore core = MemoryCores.Create((Settings("ln_lstm", 2) with { CoreSize = 73 }).OfCore, 16);
        long count = 0;
        core.Declare(new ParameterDeclarations((_, shape, _, _) => count += ParameterSlot.CountOf(shape), "core"));

        Assert.Equal(27_010 + 43_654, count);
    }

    [Theory]
    [InlineData("lstm")]
    [InlineData("ln_lstm")]
    [InlineData("fast_weights")]
    public void Unroll_FirstLayer_IsTheCoreByItselfAndTheSecondReadsIt(string layer)
    {
        using var alone = new Copy(new NetworkSettings { Core = layer, CoreSize = Size }, null);
        using var stack = new Copy(Settings(layer, 2), alone);
        using var above = new Copy(Settings(layer, 2), alone);
        above.Clear("core.1.input");
        for (int t = 0; t < 5; t++)
        {
            float[] x = [MathF.Sin(t), MathF.Cos(3 * t), 0.2f * t];
            alone.Step(x);
            stack.Step(x);
            above.Step(x);

            int size = alone.State.Length;
            Assert.Equal(alone.State, stack.State[..size]);
            Assert.Equal(alone.State, above.State[..size]);
            Assert.NotEqual(above.State[size..], stack.State[size..]);
        }
    }

    [Theory]
    [InlineData("gtrxl", "cannot be a layer of stack")]
    [InlineData("stack", "cannot be a layer of stack")]
    [InlineData("lstn", "Did you mean 'lstm'?")]
    public void Validate_LayerThatIsNone_IsAnError(string layer, string message)
    {
        SettingsException exception = Assert.Throws<SettingsException>(() =>
            StrictYaml.Validate(Settings(layer, 2), "network.", "test")
        );

        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
    }

    private static NetworkSettings Settings(string layer, int layers) =>
        new()
        {
            Core = "stack",
            CoreSize = Size,
            CoreSettings = new StackedSettings { Layer = layer, Layers = layers },
        };

    /// <summary>One copy of a core behind an encoder that changes nothing.</summary>
    private sealed class Copy : IDisposable
    {
        private readonly ParameterLayout _layout;
        private readonly float[] _parameters;
        private readonly ProgramNetwork _network;

        // The first layer has the parameters of another copy, whose core has no layers.
        public Copy(NetworkSettings settings, Copy? first)
        {
            var spec = new NetworkSpec(
                new Box(-10, 10, Inputs),
                new Discrete(2),
                settings with
                {
                    HiddenSizes = [],
                    SharedTrunk = true,
                }
            );
            _layout = new ParameterLayout(spec);
            var random = new Pcg64(1);
            _parameters = ParameterInitializer.Create(_layout, ref random);
            foreach (
                ParameterSlot slot in first?._layout.Slots.Where(slot => slot.Name.StartsWith("core.", StringComparison.Ordinal))
                    ?? []
            )
            {
                string name = "core.0." + slot.Name["core.".Length..];
                slot.In(first!._parameters.AsSpan()).CopyTo(_layout[name].In(_parameters.AsSpan()));
            }
            _network = new ProgramNetwork(spec, _parameters);
            State = new float[spec.CoreStateSize];
        }

        public float[] State { get; }

        public void Clear(string layer)
        {
            _layout[layer + ".weight"].In(_parameters.AsSpan()).Clear();
            _network.Refresh();
        }

        public void Step(float[] x) => _network.Unroll(1, x, [false], State, new float[2], new float[1]);

        public void Dispose() => _network.Dispose();
    }
}
