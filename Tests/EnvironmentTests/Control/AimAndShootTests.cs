using Environments;
using Environments.Control;
using Environments.Randomness;
using Tests.Contracts;
using Xunit;

namespace Tests.EnvironmentTests.Control;

public sealed class AimAndShootTests : EnvironmentContract<AimAndShoot>
{
    protected override string Id => "Control/AimAndShoot-v0";

    protected override double RandomReturnTolerance => 0.02;

    protected override int RandomEpisodes => 4000;

    protected override AimAndShoot Create() => new(AimActions.Joint);

    [Theory]
    [InlineData(AimActions.Few)]
    [InlineData(AimActions.Joint)]
    [InlineData(AimActions.Factored)]
    public void Step_OneActionWrittenInThreeWays_DoesTheSame(AimActions actions)
    {
        int[] counts = [7, 3, 3, 3, 2, 2];
        for (int few = 0; few < 9; few++)
        {
            IReadOnlyList<int> digits = AimAndShoot.FewActions[few];
            float[] action = actions switch
            {
                AimActions.Few => [few],
                AimActions.Joint => [digits.Zip(counts).Aggregate(0, (index, pair) => index * pair.Second + pair.First)],
                _ => [.. digits.Select(digit => (float)digit)],
            };
            (float[] shown, StepResult result) = After(new AimAndShoot(actions), action);
            (float[] expected, StepResult other) = After(
                new AimAndShoot(AimActions.Factored),
                [.. digits.Select(digit => (float)digit)]
            );
            Assert.Equal(expected, shown);
            Assert.Equal(other, result);
        }
    }

    /// <summary>Turn by −20 and 5 or not at all, pitch, step forward, fire: what is left of the errors decides what is paid.</summary>
    [Fact]
    public void Step_Fire_PaysByWhatIsLeftOfTheErrors()
    {
        var environment = new AimAndShoot(AimActions.Factored);
        var random = new Pcg64(4);
        var shown = new float[6];
        int hits = 0;
        for (int episode = 0; episode < 200; episode++)
        {
            environment.Reset(shown, ref random);
            (float yaw, float pitch, float distance) = (90 * shown[0], 12 * shown[2], 5 * shown[3]);
            // Fire at once, without a turn.
            StepResult result = environment.Step([3, 1, 1, 1, 1, 0], shown, ref random);
            bool hit = Math.Abs(yaw) < 12 && Math.Abs(pitch) < 14 && distance < 1.5f;
            double paid = hit ? 0.3 + 0.7 * Math.Exp(-Math.Pow(yaw / 6, 2)) * Math.Exp(-Math.Pow(pitch / 6, 2)) : 0;
            Assert.Equal(paid, result.Reward, 1e-5);
            Assert.Equal(hit, result.Terminated);
            hits += hit ? 1 : 0;
        }
        Assert.InRange(hits, 3, 60);
        // A jump costs, hit or not.
        environment.Reset(shown, ref random);
        Assert.Equal(-0.02, environment.Step([3, 1, 1, 1, 0, 1], shown, ref random).Reward, 1e-6);
    }

    [Fact]
    public void Play_OfOneThatAims_ScoresNearly1WithAllActions_AndLessWithNine()
    {
        double all = Mean(AimActions.Factored, shown => Aim(shown, [-60, -20, -5, 0, 5, 20, 60], [-8, 0, 8]));
        double nine = Mean(AimActions.Few, shown => Aim(shown, [-20, 0, 20], [0]) is var best ? AsNine(best) : []);

        Assert.InRange(all, 0.75, 1);
        Assert.InRange(nine, 0.40, 0.60);
    }

    private static float[] Aim(float[] shown, float[] yaws, float[] pitches)
    {
        (float yaw, float pitch, float distance) = (90 * shown[0], 12 * shown[2], 5 * shown[3]);
        float turn = yaws.MinBy(one => Math.Abs(yaw - one));
        float tilt = pitches.MinBy(one => Math.Abs(pitch - one));
        int move = distance > 0.5f ? 2 : 1;
        bool fires = turn == 0 && tilt == 0 && distance < 0.5f;
        return [Array.IndexOf([-60f, -20, -5, 0, 5, 20, 60], turn), tilt / 8 + 1, 1, fires ? 1 : move, fires ? 1 : 0, 0];
    }

    private static float[] AsNine(float[] digits)
    {
        int[] wanted = [.. digits.Select(digit => (int)digit)];
        for (int i = 0; i < AimAndShoot.FewActions.Count; i++)
        {
            if (AimAndShoot.FewActions[i].SequenceEqual(wanted))
            {
                return [i];
            }
        }
        throw new InvalidOperationException($"There is no {string.Join(", ", wanted)} among the nine.");
    }

    private static double Mean(AimActions actions, Func<float[], float[]> play)
    {
        var environment = new AimAndShoot(actions);
        var random = new Pcg64(9);
        var shown = new float[6];
        double sum = 0;
        for (int episode = 0; episode < 500; episode++)
        {
            environment.Reset(shown, ref random);
            StepResult result;
            do
            {
                result = environment.Step(play(shown), shown, ref random);
                sum += result.Reward;
            } while (!result.Terminated);
        }
        return sum / 500;
    }

    private static (float[] Shown, StepResult Result) After(AimAndShoot environment, float[] action)
    {
        var random = new Pcg64(2);
        var shown = new float[6];
        environment.Reset(shown, ref random);
        StepResult result = environment.Step(action, shown, ref random);
        return (shown, result);
    }
}
