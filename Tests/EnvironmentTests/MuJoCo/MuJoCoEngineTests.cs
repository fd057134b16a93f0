using Environments;
using Environments.MuJoCo.Engine;
using Xunit;

namespace Tests.EnvironmentTests.MuJoCo;

[Collection(nameof(NativeMemoryCollection))] // counts simulations of the whole process
public sealed class MuJoCoEngineTests : RequiresMuJoCo
{
    private const string Ball =
        "<mujoco><worldbody><body name='ball'><joint type='slide' axis='0 0 1'/><geom size='0.1'/></body></worldbody>"
        + "<actuator><motor joint='{0}'/></actuator></mujoco>";

    private static string Xml =>
        Ball.Replace("joint type", "joint name='j' type", StringComparison.Ordinal).Replace("{0}", "j", StringComparison.Ordinal);

    [Fact]
    public void Dispose_OfABatch_FreesTheNativeMemoryOfAllCopiesAtOnce()
    {
        (int simulations, int models) = (MuJoCoSimulation.LiveCount, MuJoCoModel.LiveCount);
        IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("Hopper-v5", 4);
        batch.Reset(1);
        batch.Step(new float[12]);
        Assert.Equal((simulations + 4, models + 1), (MuJoCoSimulation.LiveCount, MuJoCoModel.LiveCount));

        batch.Dispose();

        Assert.Equal((simulations, models), (MuJoCoSimulation.LiveCount, MuJoCoModel.LiveCount));
        Assert.Throws<ObjectDisposedException>(() => batch.Step(new float[12]));
        batch.Dispose();
    }

    [Fact]
    public void Dispose_OfAModelBeforeItsSimulation_KeepsItUntilTheSimulationIsDone()
    {
        int models = MuJoCoModel.LiveCount;
        MuJoCoModel model = MuJoCoModel.Parse(Xml);
        var simulation = new MuJoCoSimulation(model);
        model.Dispose();

        simulation.Step([0], 100);
        Assert.Equal(0.2, simulation.Time, 1e-12);
        Assert.Equal(-0.5 * 9.81 * 0.2 * 0.2, simulation.Positions[0], 0.003);
        Assert.Equal(models + 1, MuJoCoModel.LiveCount);

        simulation.Dispose();
        Assert.Equal(models, MuJoCoModel.LiveCount);
    }

    [Fact]
    public void Parse_ImpossibleModel_ThrowsWithTheEnginesReason()
    {
        var error = Assert.Throws<InvalidDataException>(() => MuJoCoModel.Parse("<mujoco><wrldbody/></mujoco>"));
        Assert.Contains("wrldbody", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => MuJoCoModel.Load("/nonexistent.xml"));
    }

    [Fact]
    public void Step_WrongNumberOfControls_Throws()
    {
        using MuJoCoModel model = MuJoCoModel.Parse(Xml);
        using var simulation = new MuJoCoSimulation(model);
        var error = Assert.Throws<ArgumentException>(() => simulation.Step([1, 2], 1));
        Assert.Contains("has 1 controls; 2 were given", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Step_StateThatIsNoNumber_IsCountedAndBeginsAgain()
    {
        using MuJoCoModel model = MuJoCoModel.Parse(Xml);
        using var simulation = new MuJoCoSimulation(model);
        simulation.Positions[0] = double.NaN;
        simulation.Step([0], 1);
        Assert.Equal(1, simulation.Instabilities);
        Assert.Equal(0, simulation.Positions[0], 1e-3);
        Assert.False(File.Exists("MUJOCO_LOG.TXT"));
    }

    [Fact]
    public void Body_UnknownName_ThrowsAndNamesIt()
    {
        using MuJoCoModel model = MuJoCoModel.Parse(Xml);
        Assert.Equal(1, model.Body("ball"));
        Assert.Contains("'bll'", Assert.Throws<ArgumentException>(() => model.Body("bll")).Message, StringComparison.Ordinal);
    }
}
