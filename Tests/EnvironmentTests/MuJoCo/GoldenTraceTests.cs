using System.Text.Json;
using Environments;
using Environments.MuJoCo;
using Environments.MuJoCo.Engine;
using Environments.MuJoCo.Tasks;
using Xunit;

namespace Tests.EnvironmentTests.MuJoCo;

/// <summary>Episodes that Gymnasium's own code recorded on MuJoCo 2.2.2 (<c>Tests/Golden/MuJoCo-*.json</c>), actions beyond the bounds included.</summary>
/// <remarks>Another version of the engine diverges where contacts are, so there only the first step is compared, and loosely.</remarks>
public sealed class GoldenTraceTests : RequiresMuJoCo
{
    private const int RecordedVersion = 222;

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
            for (int i = 0; i < expected.Length; i++)
            {
                Assert.Equal(0, Error(expected[i], batch.Observations[i]), 1e-7); // float32
            }
        }
    }

    // Returns the number of steps compared.
    private static int Replay<TTask>(double tolerance)
        where TTask : unmanaged, IBuiltInTask<TTask>
    {
        bool same = MuJoCoModel.EngineVersion == RecordedVersion;
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make($"{typeof(TTask).Name}-v5");
        ref MuJoCoEnvironment<TTask> environment = ref ((BatchedEnvironment<MuJoCoEnvironment<TTask>>)batch)[0];
        var observation = new float[batch.Spec.ObservationSpace.Size];
        var random = new Environments.Randomness.Pcg64(0);
        int steps = 0;
        foreach (JsonElement episode in Episodes(typeof(TTask).Name))
        {
            environment.ResetTo(Numbers(episode.GetProperty("qpos")), Numbers(episode.GetProperty("qvel")), observation);
            JsonElement observations = episode.GetProperty("observations");
            RequireEqual(Numbers(observations[0]), environment.PreciseObservation, same ? tolerance : 1e-3);
            JsonElement actions = episode.GetProperty("actions");
            int count = same ? actions.GetArrayLength() : 1;
            for (int t = 0; t < count; t++)
            {
                float[] action = [.. Numbers(actions[t]).Select(value => (float)value)];
                StepResult result = environment.Step(action, observation, ref random);
                RequireEqual(Numbers(observations[t + 1]), environment.PreciseObservation, same ? tolerance : 1e-3);
                Assert.Equal(
                    0,
                    Error(episode.GetProperty("rewards")[t].GetDouble(), environment.PreciseReward),
                    same ? tolerance : 1e-3
                );
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
