using System.Numerics.Tensors;
using System.Text.Json;
using Environments;
using Environments.MuJoCo;
using Environments.MuJoCo.Engine;
using Environments.MuJoCo.Tasks;
using Xunit;

namespace Tests.EnvironmentTests.MuJoCo;

/// <summary>Episodes that Gymnasium's own code recorded on MuJoCo 2.2.2 (<c>Tests/Golden/MuJoCo-*.json</c>), actions beyond the bounds included.</summary>
/// <remarks>
/// Another version of the engine diverges where contacts are, so there only the first step is compared, and loosely. Measured: 3.3.7 is within 1e-11
/// of ten recorded steps but for the humanoids (5e-6 and 3e-3); from 3.5 on contacts sum the margins of both bodies, which moves Ant and Hopper after
/// their first steps and HumanoidStandup, which lies on the ground, at once.
/// </remarks>
public sealed class GoldenTraceTests : RequiresMuJoCo
{
    private const int RecordedVersion = 222;
    private const int KeepsQuaternions = 320; // from this version on a reset leaves their length as it was drawn
    private const int SumsMargins = 3_005_000;

    [Theory]
    [MemberData(nameof(Ids))]
    public void Step_RecordedActions_ReproduceGymnasiumsTraces(string id)
    {
        int steps = id switch
        {
            "HalfCheetah-v5" => Replay<HalfCheetah>(1e-11),
            "Hopper-v5" => Replay<Hopper>(1e-11),
            "Walker2d-v5" => Replay<Walker2d>(1e-11),
            "Ant-v5" => Replay<Ant>(1e-8), // the engine normalises the recorded quaternion once more
            "Humanoid-v5" => Replay<Humanoid>(1e-11),
            "HumanoidStandup-v5" => Replay<HumanoidStandup>(1e-11),
            "Swimmer-v5" => Replay<Swimmer>(1e-11),
            "Reacher-v5" => Replay<Reacher>(1e-11),
            "Pusher-v5" => Replay<Pusher>(1e-11),
            "InvertedPendulum-v5" => Replay<InvertedPendulum>(1e-11),
            "InvertedDoublePendulum-v5" => Replay<InvertedDoublePendulum>(1e-11),
            _ => 0,
        };
        Assert.True(steps > 0);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Reset_RecordedSeeds_DrawGymnasiumsFirstStates(string id)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id);
        foreach (JsonElement episode in Episodes(id[..^3]))
        {
            batch.Reset(episode.GetProperty("reset_seed").GetUInt64());
            double[] expected = Numbers(episode.GetProperty("observations")[0]);
            float[] actual = [.. batch.Observations];
            if (
                MuJoCoModel.EngineVersion >= KeepsQuaternions
                && (id == "Ant-v5" || id.StartsWith("Humanoid", StringComparison.Ordinal))
            )
            {
                Span<float> quaternion = actual.AsSpan(1, 4); // behind the height
                TensorPrimitives.Divide(quaternion, TensorPrimitives.Norm(quaternion), quaternion);
            }
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(0, Error(expected[i], actual[i]), 1.5e-7); // float32
            }
        }
    }

    /// <summary>Prints how far this engine goes from the recorded one; an answer for whoever installs another version, so it checks nothing but that steps are finite.</summary>
    [Theory(Explicit = true)]
    [MemberData(nameof(Ids))]
    public void Deviation_FromTheRecordedEngine_IsPrinted(string id)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id);
        (double reset, double first, double tenth, double rewards, double recorded, int steps) = id switch
        {
            "HalfCheetah-v5" => Deviation<HalfCheetah>(),
            "Hopper-v5" => Deviation<Hopper>(),
            "Walker2d-v5" => Deviation<Walker2d>(),
            "Ant-v5" => Deviation<Ant>(),
            "Humanoid-v5" => Deviation<Humanoid>(),
            "HumanoidStandup-v5" => Deviation<HumanoidStandup>(),
            "Swimmer-v5" => Deviation<Swimmer>(),
            "Reacher-v5" => Deviation<Reacher>(),
            "Pusher-v5" => Deviation<Pusher>(),
            "InvertedPendulum-v5" => Deviation<InvertedPendulum>(),
            _ => Deviation<InvertedDoublePendulum>(),
        };
        TestContext.Current.TestOutputHelper!.WriteLine(
            FormattableString.Invariant(
                $"{id, -26} MuJoCo {MuJoCoModel.EngineVersion}: reset {reset:E1}, step 1 {first:E1}, steps 1 to 10 {tenth:E1}, rewards {rewards:F2} of {recorded:F2} in {steps} steps"
            )
        );
        Assert.True(double.IsFinite(reset + first + tenth + rewards));
    }

    // Largest errors of observations after the reset, the first step and the first ten; sums of rewards of all steps.
    private static (double Reset, double First, double Tenth, double Rewards, double Recorded, int Steps) Deviation<TTask>()
        where TTask : unmanaged, IBuiltInTask<TTask>
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make($"{typeof(TTask).Name}-v5");
        ref MuJoCoEnvironment<TTask> environment = ref ((BatchedEnvironment<MuJoCoEnvironment<TTask>>)batch)[0];
        var observation = new float[batch.Spec.ObservationSpace.Size];
        var random = new Environments.Randomness.Pcg64(0);
        double reset = 0;
        double first = 0;
        double tenth = 0;
        double rewards = 0;
        double recorded = 0;
        int steps = 0;
        foreach (JsonElement episode in Episodes(typeof(TTask).Name))
        {
            environment.ResetTo(Numbers(episode.GetProperty("qpos")), Numbers(episode.GetProperty("qvel")), observation);
            JsonElement observations = episode.GetProperty("observations");
            reset = Math.Max(reset, Largest(Numbers(observations[0]), environment.PreciseObservation));
            JsonElement actions = episode.GetProperty("actions");
            for (int t = 0; t < actions.GetArrayLength(); t++)
            {
                float[] action = [.. Numbers(actions[t]).Select(value => (float)value)];
                environment.Step(action, observation, ref random);
                double error = t < 10 ? Largest(Numbers(observations[t + 1]), environment.PreciseObservation) : 0;
                first = t == 0 ? Math.Max(first, error) : first;
                tenth = Math.Max(tenth, error);
                rewards += environment.PreciseReward;
                recorded += episode.GetProperty("rewards")[t].GetDouble();
                steps++;
            }
        }
        return (reset, first, tenth, rewards, recorded, steps);
    }

    private static double Largest(double[] expected, ReadOnlySpan<double> actual)
    {
        double largest = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            largest = Math.Max(largest, Error(expected[i], actual[i]));
        }
        return largest;
    }

    // Returns the number of steps compared.
    private static int Replay<TTask>(double tolerance)
        where TTask : unmanaged, IBuiltInTask<TTask>
    {
        bool same = MuJoCoModel.EngineVersion == RecordedVersion;
        if (!same)
        {
            bool liesOnTheGround = typeof(TTask) == typeof(HumanoidStandup);
            tolerance = liesOnTheGround && MuJoCoModel.EngineVersion >= SumsMargins ? 1 : 1e-3;
        }
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make($"{typeof(TTask).Name}-v5");
        ref MuJoCoEnvironment<TTask> environment = ref ((BatchedEnvironment<MuJoCoEnvironment<TTask>>)batch)[0];
        var observation = new float[batch.Spec.ObservationSpace.Size];
        var random = new Environments.Randomness.Pcg64(0);
        int steps = 0;
        foreach (JsonElement episode in Episodes(typeof(TTask).Name))
        {
            environment.ResetTo(Numbers(episode.GetProperty("qpos")), Numbers(episode.GetProperty("qvel")), observation);
            JsonElement observations = episode.GetProperty("observations");
            RequireEqual(Numbers(observations[0]), environment.PreciseObservation, tolerance);
            JsonElement actions = episode.GetProperty("actions");
            int count = same ? actions.GetArrayLength() : 1;
            for (int t = 0; t < count; t++)
            {
                float[] action = [.. Numbers(actions[t]).Select(value => (float)value)];
                StepResult result = environment.Step(action, observation, ref random);
                RequireEqual(Numbers(observations[t + 1]), environment.PreciseObservation, tolerance);
                Assert.Equal(0, Error(episode.GetProperty("rewards")[t].GetDouble(), environment.PreciseReward), tolerance);
                Assert.Equal(episode.GetProperty("terminated")[t].GetBoolean(), result.Terminated);
                Assert.Equal((float)environment.PreciseReward, result.Reward);
                steps++;
            }
            if (same)
            {
                RequireEqual(Numbers(episode.GetProperty("final_qpos")), environment.Simulation.Positions, tolerance);
                RequireEqual(Numbers(episode.GetProperty("final_qvel")), environment.Simulation.Velocities, tolerance);
            }
        }
        return steps;
    }

    private static IEnumerable<JsonElement> Episodes(string task)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Golden", $"MuJoCo-{task}.json");
        return JsonDocument.Parse(File.ReadAllBytes(path)).RootElement.GetProperty("episodes").EnumerateArray();
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];

    private static void RequireEqual(double[] expected, ReadOnlySpan<double> actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(0, Error(expected[i], actual[i]), tolerance);
        }
    }

    private static double Error(double expected, double actual) => Math.Abs(actual - expected) / Math.Max(1, Math.Abs(expected));
}
