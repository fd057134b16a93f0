using Agents.Networks;
using Agents.Networks.Encoders;
using Environments.Spaces;
using Learners.ActorCritic;
using Learners.Engines;
using Learners.Optimizers;
using Xunit;

namespace Tests.LearnerTests.Engines;

/// <summary>Gradient descent on tables is tabular policy gradient, number by number.</summary>
public sealed class TablePolicyGradientTests
{
    private const int Actions = 3;

    private static readonly int[] States = [0, 2, 2, 5, 2, 5];
    private static readonly int[] Taken = [1, 0, 0, 2, 1, 0];
    private static readonly float[] Advantages = [1, 2, -0.5f, 3, 1, -1];
    private static readonly float[] Returns = [1, 4, 2, -3, 0, 1];

    [Theory]
    [InlineData(EngineKind.Managed)]
    [InlineData(EngineKind.Torch)]
    public void Backward_UniformPolicy_IsTheGradientOfEachStateThatWasSeen(EngineKind kind)
    {
        var spec = new NetworkSpec(
            new MultiDiscrete(3, 2, 9),
            new Discrete(Actions),
            new NetworkSettings { Encoder = EncoderKind.Table, View = ["0-1"] }
        );
        var layout = new ParameterLayout(spec);
        using IGradientEngine engine = GradientEngines.Create(kind, spec, new float[layout.Count]);
        var batch = new SampleBatch(spec, States.Length);
        for (int i = 0; i < States.Length; i++)
        {
            batch.Features[i] = States[i];
            batch.Actions[i] = Taken[i];
            batch.Advantages[i] = Advantages[i];
            batch.Returns[i] = Returns[i];
        }
        engine.Use([new PolicyGradientObjective(), new ValueObjective(0.5f)]);

        engine.Backward(batch, 0, new double[2], new float[States.Length]);

        // mean −A (1{a} − π(a)) of each state's samples, and 0.5 × mean 2 (V − R) with V = 0.
        var policy = new double[6 * Actions];
        var value = new double[6];
        for (int i = 0; i < States.Length; i++)
        {
            for (int action = 0; action < Actions; action++)
            {
                double taken = action == Taken[i] ? 1 : 0;
                policy[States[i] * Actions + action] -= Advantages[i] * (taken - 1.0 / Actions) / States.Length;
            }
            value[States[i]] -= Returns[i] / States.Length;
        }
        float[] gradient = engine.Gradient.ToArray();
        Near(policy, layout["actor.head.table"].In(gradient));
        Near(value, layout["critic.head.table"].In(gradient));
        Assert.All(layout["actor.head.table"].In(gradient)[3..6].ToArray(), number => Assert.Equal(0, number)); // state 1 was not seen

        new Sgd(layout.Count, new SgdSettings { Momentum = 0 }).Update(engine.Parameters, engine.Gradient, 0.5f);
        engine.ParametersChanged();
        var distribution = new float[Actions];
        engine.Network.Unroll(1, [2, 1, 8], [true], [], distribution, []);
        Near([.. policy[15..].Select(number => -0.5 * number)], distribution);
    }

    private static void Near(double[] expected, ReadOnlySpan<float> actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 1e-6);
        }
    }
}
