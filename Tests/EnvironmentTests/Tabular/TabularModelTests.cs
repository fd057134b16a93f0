using Environments;
using Environments.Randomness;
using Environments.Tabular;
using Environments.ToyText;
using Tests.EnvironmentTests.ToyText;
using Xunit;

namespace Tests.EnvironmentTests.Tabular;

public sealed class TabularModelTests
{
    public static TheoryData<string> TabularIds =>
        [.. EnvironmentRegistry.Default.Specs.Where(spec => spec.Model is not null).Select(spec => spec.Id)];

    [Theory]
    [MemberData(nameof(TabularIds))]
    public void RandomReturn_OfEveryTable_IsTheExactValueOfTheUniformPolicy(string id)
    {
        EnvironmentSpec spec = EnvironmentRegistry.Default.Find(id);
        ITabularModel model = spec.Model!;
        double exact = TabularPlanner.Evaluate(model, TabularPlanner.UniformPolicy(model), 1, spec.MaxEpisodeSteps).StartValue;
        Assert.NotNull(spec.RandomReturn);
        Assert.Equal(exact, spec.RandomReturn.Value, 1e-9 + 0.003 * Math.Abs(exact));
    }

    [Theory]
    [MemberData(nameof(TabularIds))]
    public void StateOf_ObservationsOfEveryTable_FollowTheModelsTransitions(string id)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id);
        ITabularModel model = batch.Spec.Model!;
        batch.Reset(17);
        var random = new Pcg64(18);
        var action = new float[1];
        int state = model.StateOf(batch.Observations);
        Assert.True(model.StartProbabilities[state] > 0);
        for (int t = 0; t < 500; t++)
        {
            batch.Spec.ActionSpace.Sample(ref random, action);
            batch.Step(action);
            bool ended = batch.Terminated[0] || batch.Truncated[0];
            int next = model.StateOf(ended ? batch.FinalObservations : batch.Observations);
            Assert.Contains(
                model.Transitions(state, (int)action[0]).ToArray(),
                row => row.NextState == next && (float)row.Reward == batch.Rewards[0] && row.Terminated == batch.Terminated[0]
            );
            state = model.StateOf(batch.Observations);
            Assert.True(!ended || model.StartProbabilities[state] > 0);
        }
    }

    [Fact]
    public void Step_ListsOfDifferentLengths_DrawTheFirstIndexWhoseCumulativeProbabilityExceedsTheUniform()
    {
        var shape = new Pcg64(4);
        var rows = new Transition[30][];
        for (int i = 0; i < rows.Length; i++)
        {
            double[] weights = [.. Enumerable.Range(0, shape.NextInt(1, 6)).Select(_ => shape.NextDouble())];
            rows[i] =
            [
                .. weights.Select(weight => new Transition(
                    weight / weights.Sum(),
                    shape.NextInt(0, 10),
                    shape.NextInt(-2, 3),
                    shape.NextInt(0, 2) == 1
                )),
            ];
        }
        double[] start = [0, 0.2, 0.05, 0, 0.35, 0, 0.1, 0, 0.3, 0];
        var model = new TabularModel(10, 3, (state, action) => rows[3 * state + action], state => start[state]);
        var random = new Pcg64(5);
        var reference = new Pcg64(5);
        int current = 0;
        for (int t = 0; t < 20_000; t++)
        {
            if (t % 4 == 0)
            {
                current = model.Table.Start(ref random);
                Assert.Equal(GoldenTable.Draw(start, ref reference), current);
            }
            Transition[] list = rows[3 * current + t % 3];
            Transition expected = list[GoldenTable.Draw([.. list.Select(row => row.Probability)], ref reference)];
            StepResult result = model.Table.Step(ref current, t % 3, ref random);
            Assert.Equal(((float)expected.Reward, expected.Terminated), (result.Reward, result.Terminated));
            Assert.Equal(expected.NextState, current);
        }
    }

    [Fact]
    public void Transitions_ThatDoNotAddUpToOne_ThrowAndNameStateAndAction()
    {
        var model = new TabularModel(2, 2, (state, action) => [new Transition(state == 1 ? 0.9 : 1, 0, 0)], _ => 0.5);
        var error = Assert.Throws<InvalidDataException>(() => model.Transitions(0, 0).Length);
        Assert.Contains("action 0 in state 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("0.9", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Transitions_ToAStateThatDoesNotExist_ThrowAndNameIt()
    {
        var model = new TabularModel(2, 1, (_, _) => [new Transition(1, 2, 0)], _ => 0.5);
        var error = Assert.Throws<InvalidDataException>(() => model.StartProbabilities.Length);
        Assert.Contains("leads to state 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void StartProbabilities_ThatDoNotAddUpToOne_Throw()
    {
        var model = new TabularModel(2, 1, (_, _) => [new Transition(1, 0, 0)], _ => 0.6);
        Assert.Throws<InvalidDataException>(() => model.StartProbabilities.Length);
    }

    [Fact]
    public void WithRewards_OfAnotherTask_KeepsProbabilitiesAndChangesRewards()
    {
        TabularModel lake = ((TabularModel)FrozenLakeMap.FourByFour.Model).WithRewards((_, _, next) => next == 5 ? 1 : 0);
        Assert.Equal(1, TabularPlanner.Optimize(lake, 1).StartValue, 1e-9); // the nearest hole can always be reached
        Assert.Equal([0.0, 0, 1], lake.Transitions(1, 0).ToArray().Select(row => row.Reward));
        Assert.Equal(FrozenLakeMap.FourByFour.Model.StartProbabilities.ToArray(), lake.StartProbabilities.ToArray());
    }
}
