using Agents.Policies;
using Environments;
using Environments.Checking;
using Learners.Evaluation;
using Learners.Training;
using Tests.EnvironmentTests.Checking;
using Tests.EnvironmentTests.Remote;
using Xunit;

namespace Tests.EnvironmentTests.Zoo;

/// <summary>Odd spaces of Gymnasium behind the bridge: those of <c>Python/zoo_cases.py</c>.</summary>
public sealed class PythonZooTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PythonZooTests() => _ = PythonCases.Settings; // puts the module on Python's path

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("scalar")]
    [InlineData("float64")]
    [InlineData("float16")]
    [InlineData("int32")]
    [InlineData("int64")]
    [InlineData("uint16")]
    [InlineData("bool")]
    [InlineData("odd_bytes")]
    [InlineData("symbols")]
    [InlineData("byte")]
    [InlineData("infinite")]
    [InlineData("start")]
    [InlineData("far_start")]
    [InlineData("no_choice")]
    [InlineData("table")]
    [InlineData("bits")]
    [InlineData("nested")]
    [InlineData("empty_entry")]
    [InlineData("odd_names")]
    [InlineData("tuple")]
    [InlineData("act_scalar")]
    [InlineData("act_float64")]
    [InlineData("act_2d")]
    [InlineData("act_asymmetric")]
    [InlineData("act_infinite")]
    [InlineData("act_int32")]
    [InlineData("act_start")]
    [InlineData("act_table")]
    [InlineData("act_bits")]
    public async Task TrainAsync_OddSpaceInPython_IsCheckedTrainedLoadedAndScored(string name)
    {
        string id = $"gym:zoo_cases:Specimen?lane=inprocess&name={name}";
        Sound.RequirePassed(EnvironmentChecker.Check(id, settings: new CheckSettings { Steps = 20 }));

        TrainingResult result = await Trainer.TrainAsync(
            ZooTests.Settings(id),
            new TrainingOptions { OutputFolder = _folder.In("run") }
        );
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);

        Assert.Equal(2, Evaluator.Evaluate(policy, episodes: 2, registry: PythonCases.Registry).Episodes);
    }

    [Theory]
    [InlineData("nothing", "holds no numbers")]
    [InlineData("no_numbers", "holds no numbers")]
    [InlineData("text", "cannot cross the bridge")]
    public void Find_SpaceThatCannotCross_SaysWhy(string name, string expected)
    {
        EnvironmentFaultException fault = Assert.Throws<EnvironmentFaultException>(() =>
            EnvironmentRegistry.Default.Find($"gym:zoo_cases:Specimen?lane=inprocess&name={name}")
        );

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }
}
