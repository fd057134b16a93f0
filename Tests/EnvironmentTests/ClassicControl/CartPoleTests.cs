using System.Globalization;
using Environments;
using Environments.ClassicControl;
using Environments.Randomness;
using Environments.State;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.ClassicControl;

public sealed class CartPoleTests : EnvironmentContract<CartPole>
{
    protected override string Id => "CartPole-v1";

    protected override double RandomReturnTolerance => 1.5;

    protected override int RandomEpisodes => 2000;

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 0.05f * observation[0] + 0.1f * observation[1] + observation[2] + 0.3f * observation[3] > 0 ? 1 : 0;
        return true;
    }

    // The pole multiplies a difference in the last bit of a float64 by 1e16 within 450 steps, so that no order of operations but one passes.
    [Fact]
    public void Step_HundredsOfSeeds_DoesTheOperationsOfTheOriginal()
    {
        var shown = new float[4];
        var push = new float[1];
        for (ulong seed = 0; seed < 100; seed++)
        {
            var random = new Pcg64(seed);
            double[] state = [.. Enumerable.Range(0, 4).Select(_ => random.NextUniform(-0.05, 0.05))];
            var cart = new CartPole(state[0], state[1], state[2], state[3]);
            ((float[])[.. state.Select(value => (float)value)]).CopyTo(shown, 0);
            for (int t = 0; t < 500; t++)
            {
                Prolong(shown, push);
                push[0] = random.NextDouble() < 0.1 ? 1 - push[0] : push[0];
                state = OriginalSteps.CartPole(state, push[0] == 1 ? 10 : -10);

                bool terminated = cart.Step(push, shown, ref random).Terminated;

                Assert.Equal(state.Select(value => (float)value), shown);
                Assert.Equal(Math.Abs(state[0]) > 2.4 || Math.Abs(state[2]) > 12 * 2 * Math.PI / 360, terminated);
            }
        }
    }

    // What a recording may differ by: NumPy's sines are up to 4 units in the last place off, ours 0.8, and each step carries that on.
    [Fact]
    public void Step_RecordedActions_StayWithinWhatTheSinesOfNumPyMove()
    {
        int free = 0;
        foreach (GoldenTrace episode in GoldenTrace.Load(Id))
        {
            var bound = new PropagatedError();
            double[] state = episode.InitialState;
            for (int t = 0; t < episode.Actions.Length; t++)
            {
                if (bound.Largest > 1e-5)
                {
                    state = [.. episode.Observations[t].Select(value => (double)value)]; // begin again from what was recorded, as float32
                    bound.Restart(episode.Observations[t]);
                }
                free = Math.Max(free, bound.Steps);
                var cart = new CartPole(state[0], state[1], state[2], state[3]);
                var shown = new float[4];
                var random = new Pcg64(0);
                double force = episode.Actions[t][0] == 1 ? 10 : -10;
                bound.Advance(state, force);
                state = OriginalSteps.CartPole(state, force);

                bool terminated = cart.Step(episode.Actions[t], shown, ref random).Terminated;

                for (int i = 0; i < 4; i++)
                {
                    float recorded = episode.Observations[t + 1][i];
                    float larger = MathF.Max(MathF.Abs(recorded), MathF.Abs(shown[i]));
                    double limit = bound[i] + (MathF.BitIncrement(larger) - larger); // both are rounded to float32
                    Assert.InRange(Math.Abs(shown[i] - recorded), 0, limit);
                }
                Assert.Equal(episode.Terminated[t], terminated);
            }
        }
        Assert.InRange(free, 100, 500); // the bound does not excuse everything
    }

    [Theory]
    [InlineData(1, new[] { 0.0096, -0.215539017, 0.0308, 0.341995224 })]
    [InlineData(5, new[] { -0.0233127968, -0.218213807, 0.0829376373, 0.402115563 })]
    [InlineData(10, new[] { -0.0531838656, -0.419965304, 0.140403069, 0.847194815 })]
    public void Step_AlternatingPushes_ReachTheKnownStates(int steps, double[] expected)
    {
        (float[] observation, double sum) = ClosedCheck.Run(new CartPole(0.01, -0.02, 0.03, 0.04), steps, t => t / 3 % 2);
        Assert.Equal(expected, observation.Select(value => (double)value), (a, b) => Math.Abs(a - b) < 1e-7);
        Assert.Equal(steps, sum);
    }

    [Theory]
    [InlineData("CartPole-v1?length=1")]
    [InlineData("CartPole-v1?length=0.5")]
    [InlineData("CartPole-v0?length=0.25")]
    public void Step_PolesOfOtherLengths_FollowTheEquations(string id)
    {
        double length = double.Parse(id[(id.IndexOf('=', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id, 2);
        batch.Reset(3);
        Assert.Equal(id, batch.Spec.Id);
        double[] state = [.. batch.Observations[..4].ToArray().Select(value => (double)value)];
        for (int t = 0; t < 8; t++)
        {
            state = Stepped(state, t % 2 == 0 ? 10 : -10, length);
            batch.Step([1 - t % 2, 0]);
            Assert.False(batch.Terminated[0]);
            Assert.Equal(
                state,
                batch.Observations[..4].ToArray().Select(value => (double)value),
                (a, b) => Math.Abs(a - b) < 1e-6
            );
        }
    }

    [Theory]
    [InlineData("CartPole-v1?length=0")]
    [InlineData("CartPole-v1?length=nan")]
    public void Make_LengthThatNoPoleHas_IsRefused(string id) =>
        Assert.Throws<InvalidOptionException>(() => EnvironmentRegistry.Default.Make(id));

    [Fact]
    public void SaveState_LongPole_ContinuesTheSameEpisodes()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make("CartPole-v1?length=1", 2);
        batch.Reset(3);
        batch.Step([1, 0]);
        var state = new StateDictionary();
        batch.SaveState(state);
        using IBatchedEnvironment other = EnvironmentRegistry.Default.Make("CartPole-v1?length=1", 2);
        other.LoadState(state);

        batch.Step([1, 1]);
        other.Step([1, 1]);

        Assert.Equal(batch.Observations.ToArray(), other.Observations.ToArray());
    }

    private static double[] Stepped(double[] state, double force, double length)
    {
        (double sin, double cos) = Math.SinCos(state[2]);
        double push = (force + 0.1 * length * state[3] * state[3] * sin) / 1.1;
        double angular = (9.8 * sin - cos * push) / (length * (4.0 / 3.0 - 0.1 * cos * cos / 1.1));
        double linear = push - 0.1 * length * angular * cos / 1.1;
        return [state[0] + 0.02 * state[1], state[1] + 0.02 * linear, state[2] + 0.02 * state[3], state[3] + 0.02 * angular];
    }

    [Fact]
    public void Reset_Seed42_EqualsGymnasiums()
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(Id);
        batch.Reset(42);
        Assert.Equal(
            [0.02739560f, -0.00611216f, 0.03585979f, 0.01973680f],
            batch.Observations.ToArray(),
            (a, b) => Math.Abs(a - b) < 1e-8
        );
    }

    /// <summary>Bound on what errors of the sines come to: b' = |J| b + e, with the step's Jacobian J and the error e that it adds.</summary>
    private sealed class PropagatedError
    {
        // Terms of both accelerations are below 20, and their 5 units of sines and a dozen roundings are below 32 units of these.
        private const double OfAnAcceleration = 32 * 20 * 1.11e-16;

        private double[] _bound = new double[4];

        public double this[int component] => _bound[component];

        public double Largest => _bound.Max();

        public int Steps { get; private set; }

        public void Restart(float[] recorded)
        {
            _bound = [.. recorded.Select(value => (double)(MathF.BitIncrement(MathF.Abs(value)) - MathF.Abs(value)) / 2)];
            Steps = 0;
        }

        public void Advance(double[] state, double force)
        {
            const double Step = 1e-6;
            var next = new double[4];
            for (int j = 0; j < 4; j++)
            {
                double[] above = [.. state];
                double[] below = [.. state];
                above[j] += Step;
                below[j] -= Step;
                double[] up = OriginalSteps.CartPole(above, force);
                double[] down = OriginalSteps.CartPole(below, force);
                for (int i = 0; i < 4; i++)
                {
                    next[i] += Math.Abs(up[i] - down[i]) / (2 * Step) * _bound[j];
                }
            }
            for (int i = 0; i < 4; i++)
            {
                next[i] += i % 2 == 1 ? 0.02 * OfAnAcceleration : 1.11e-16;
            }
            _bound = next;
            Steps++;
        }
    }
}

public sealed class CartPoleShortTests : EnvironmentContract<CartPole>
{
    protected override string Id => "CartPole-v0";

    protected override double RandomReturnTolerance => 1.5;

    protected override int RandomEpisodes => 2000;

    protected override bool Prolong(ReadOnlySpan<float> observation, Span<float> action)
    {
        action[0] = 0.05f * observation[0] + 0.1f * observation[1] + observation[2] + 0.3f * observation[3] > 0 ? 1 : 0;
        return true;
    }
}
