using Agents.Networks;
using Agents.Networks.Cores;
using Agents.Networks.Cores.FastSlow;
using Agents.Networks.Layers;
using Agents.Programs;
using Agents.Yaml;
using Environments.Randomness;
using Environments.Spaces;
using Xunit;

namespace Tests.AgentTests.Networks.Cores;

/// <summary>The unit checks of Mujika et al. 2017: counts of parameters as published, and who reads whom.</summary>
public sealed class FastSlowTests
{
    /// <summary>Parameters of the published models without embedding and head, which belong to the network around the core.</summary>
    [Theory]
    [InlineData(2, 700, 400, 128, 50, 7_225_050)]
    [InlineData(4, 500, 400, 128, 50, 6_565_050)]
    [InlineData(2, 900, 1500, 256, 205, 27_484_985)]
    [InlineData(4, 730, 1500, 256, 205, 27_303_975)]
    [InlineData(4, 1200, 1500, 256, 205, 48_065_285)]
    public void Declare_PublishedSizes_HaveThePublishedNumberOfParameters(
        int cells,
        int fast,
        int slow,
        int embedding,
        int vocabulary,
        long published
    )
    {
        MemoryCore core = MemoryCores.Create(Settings(cells, fast, slow).OfCore, embedding);
        long count = 0;
        core.Declare(new ParameterDeclarations((_, shape, _, _) => count += ParameterSlot.CountOf(shape), "core"));

        int around = vocabulary * embedding + fast * vocabulary + vocabulary;
        Assert.Equal(published, count + around);
    }

    /// <summary>A deep transition of two cells of 84 units that reads 16 numbers, as the paper's study of dynamics has it, scaled down.</summary>
    [Fact]
    public void Declare_NoSlowCell_IsAChainByItself()
    {
        NetworkSettings settings = Settings(2, 84, 48);
        settings = settings with { CoreSettings = (FastSlowSettings)settings.CoreSettings! with { Slow = "none" } };
        MemoryCore core = MemoryCores.Create(settings.OfCore, 16);
        long count = 0;
        core.Declare(new ParameterDeclarations((_, shape, _, _) => count += ParameterSlot.CountOf(shape), "core"));

        Assert.Equal(34_776 + 29_736, count);
        Assert.Equal(["fast.output", "fast.cell"], core.State.Select(part => part.Name));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Step_SlowState_ReachesTheOutputThroughTheSecondCellAlone(int cells)
    {
        float[] changed = OutputOf(cells, slow: 0.5f, cut: false);
        float[] before = OutputOf(cells, slow: 0, cut: false);
        float[] changedBehindCut = OutputOf(cells, slow: 0.5f, cut: true);
        float[] beforeBehindCut = OutputOf(cells, slow: 0, cut: true);

        Assert.NotEqual(before, changed);
        Assert.Equal(beforeBehindCut, changedBehindCut); // the second cell's input weights are 0 there
    }

    [Fact]
    public void Validate_CellThatIsNone_IsAnError()
    {
        foreach (
            (string cell, string message) in ((string, string)[])
                [
                    ("gtrxl", "cannot be a cell"),
                    ("fs_rnn", "cannot be a cell"),
                    ("lstn", "Did you mean 'lstm'?"),
                    ("identity", "cannot be a cell"),
                ]
        )
        {
            NetworkSettings settings = Settings(2, 4, 4);
            settings = settings with { CoreSettings = (FastSlowSettings)settings.CoreSettings! with { Slow = cell } };

            SettingsException exception = Assert.Throws<SettingsException>(() =>
                StrictYaml.Validate(settings, "network.", "test")
            );

            Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("lru")]
    [InlineData("ppr")]
    public void Create_CellsThatLetValuesBeWatched_StandBesideEachOther(string cell)
    {
        NetworkSettings settings = Settings(2, 4, 4);
        settings = settings with { CoreSettings = (FastSlowSettings)settings.CoreSettings! with { Fast = cell } };
        using var network = new ProgramNetwork(new NetworkSpec(new Box(-1, 1, 3), new Discrete(2), settings));

        network.Unroll(1, [0.3f, -0.2f, 0.9f], [true], new float[network.Spec.CoreStateSize], new float[2], new float[1]);
    }

    private static float[] OutputOf(int cells, float slow, bool cut)
    {
        NetworkSpec spec = new(
            new Box(-1, 1, 3),
            new Discrete(2),
            Settings(cells, 4, 5) with
            {
                HiddenSizes = [],
                SharedTrunk = true,
            }
        );
        var layout = new ParameterLayout(spec);
        var random = new Pcg64(1);
        float[] parameters = ParameterInitializer.Create(layout, ref random);
        if (cut)
        {
            layout["core.fast.1.input.weight"].In(parameters.AsSpan()).Clear();
        }
        using var network = new ProgramNetwork(spec, parameters);
        var state = new float[spec.CoreStateSize];
        state.AsSpan(2 * 4).Fill(slow); // behind the chain's output and cell
        network.Unroll(1, [0.3f, -0.2f, 0.9f], [false], state, new float[2], new float[1]);
        return state[..4];
    }

    private static NetworkSettings Settings(int cells, int fast, int slow) =>
        new()
        {
            Core = "fs_rnn",
            CoreSize = fast,
            CoreSettings = new FastSlowSettings { Cells = cells, SlowSize = slow },
        };
}
