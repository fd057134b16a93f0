using System.Text.RegularExpressions;
using Learners.Metrics;
using Xunit;

namespace Tests.SampleTests;

/// <summary>Parts of an assembly of a user's own, in its program and found by the command line; each in a process, since parts are known to a whole process.</summary>
public sealed partial class ExtendTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Extend_Run_TrainsInMemoryWithItsOwnParts()
    {
        (int code, string output, string errors) = SampleProgram.Run(_folder.Path, "Extend.dll");

        Assert.True(code == 0, errors);
        Match told = Told().Match(output);
        Assert.True(told.Success, output);
        Assert.True(int.Parse(told.Groups[1].Value, null) > 100);
        Assert.Contains("Action at a level of 0.9 in rain: 1", output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Train_PartsOfAnAssembly_TrainResumeEvaluateAndAreListed()
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "Extend.dll");
        string[] run =
        [
            "train",
            "Own/Reservoir-v0",
            "--assembly",
            assembly,
            "--core",
            "leaky",
            "--out",
            "run",
            "--steps",
            "8192",
            "--set",
            "network.core_size=8",
            "network.leaky.decay=0.25",
            "ppo.learning_rate_schedule=cosine",
            "ppo.auxiliary.action_memory.weight=0.1",
            "evaluation.final_episodes=5",
        ];

        (int code, string trained, string errors) = SampleProgram.Run(_folder.Path, "agents-cli.dll", run);
        Assert.True(code == 0, trained + errors);
        var metrics = MetricsTable.Read(_folder.In("run/metrics.csv"));
        (double[] steps, double[] rates) = metrics.Column("charts/learning_rate");
        double initial = rates[0] / Cosine(Progress(steps, 0));
        for (int i = 0; i < rates.Length; i++)
        {
            Assert.Equal(initial * Cosine(Progress(steps, i)), rates[i], 1e-8);
        }
        (_, double[] loss) = metrics.Column("losses/action_memory_loss");
        Assert.All(loss, value => Assert.InRange(value, 0.1, 0.8)); // around ln 2 at the beginning
        Assert.All(metrics.Column("environment/level").Values, level => Assert.InRange(level, 0, 1));
        Assert.NotEmpty(metrics.Column("environment/overflows").Values);
        string config = File.ReadAllText(_folder.In("run/config.yaml"));
        Assert.Contains("core: leaky\n", config, StringComparison.Ordinal);
        Assert.Contains("decay: 0.25\n", config, StringComparison.Ordinal);
        Assert.Contains("learning_rate_schedule: cosine\n", config, StringComparison.Ordinal);

        (code, _, errors) = SampleProgram.Run(
            _folder.Path,
            "agents-cli.dll",
            ["train", "--resume", "run", "--assembly", assembly, "--set", "total_steps=12288"]
        );
        Assert.True(code == 0, errors);
        (code, _, errors) = SampleProgram.Run(
            _folder.Path,
            "agents-cli.dll",
            ["evaluate", "run", "--assembly", assembly, "--episodes", "5"]
        );
        Assert.True(code == 0, errors);
        (code, string list, errors) = SampleProgram.Run(_folder.Path, "agents-cli.dll", ["list", "--assembly", assembly]);
        Assert.True(code == 0, errors);
        Assert.Contains("leaky", list, StringComparison.Ordinal);
        Assert.Contains("action_memory", list, StringComparison.Ordinal);
        Assert.Contains("cosine", list, StringComparison.Ordinal);
        (code, _, errors) = SampleProgram.Run(_folder.Path, "agents-cli.dll", ["evaluate", "run", "--episodes", "5"]);
        Assert.NotEqual(0, code);
        Assert.Contains("no core 'leaky'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void ExternalProcess_Run_StartsEachSimulatorOnceAndEndsAll()
    {
        (int code, string output, string errors) = SampleProgram.Run(_folder.Path, "ExternalProcess.dll");

        Assert.True(code == 0, errors);
        Assert.Contains("after 3072 steps", output, StringComparison.Ordinal);
        Assert.Contains("Simulators started: 6, still alive: 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Train_AsynchronousEnvironmentOfAnAssembly_IsFound()
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "ExternalProcess.dll");
        (int code, string list, string errors) = SampleProgram.Run(
            _folder.Path,
            "agents-cli.dll",
            ["environments", "Own/Cart-v0", "--assembly", assembly]
        );

        Assert.True(code == 0, errors);
        Assert.Contains("Push a cart to the middle", list, StringComparison.Ordinal);
    }

    // A rate is that of the update before the row's steps.
    private static double Progress(double[] steps, int row) => (steps[row] - steps[0]) / 8192;

    private static double Cosine(double progress) => (1 + Math.Cos(Math.PI * progress)) / 2;

    [GeneratedRegex(@"(\d+) episodes, mean level 0\.\d\d, stopped early: ")]
    private static partial Regex Told();
}
