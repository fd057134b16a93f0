using Environments.MuJoCo.Engine;
using Environments.MuJoCo.Tasks;

namespace Environments.MuJoCo;

/// <summary>Names, limits and thresholds of the tasks, those of Gymnasium's registry. The engine is needed only to make batches.</summary>
/// <remarks>
/// Models are this project's own files, written from facts about Gymnasium's (MIT licence, © OpenAI 2016, Farama Foundation 2022). Returns of
/// random actions were measured with MuJoCo 2.2.2.
/// </remarks>
internal static class MuJoCoEnvironments
{
    public static void Register(EnvironmentRegistry registry)
    {
        Register<HalfCheetah>(registry, 1_000, 4_800, -301, "Run forward on two legs in a plane.");
        Register<Hopper>(registry, 1_000, 3_800, 18.8, "Hop forward on one leg without falling.");
        Register<Walker2d>(registry, 1_000, null, 2.2, "Walk forward on two legs in a plane without falling.");
        Register<Ant>(registry, 1_000, 6_000, -48, "Walk forward on four legs.");
        Register<Humanoid>(registry, 1_000, null, 113, "Walk forward as a human figure without falling.");
        Register<HumanoidStandup>(registry, 1_000, null, 33_657, "Rise from the back as a human figure.");
        Register<Swimmer>(registry, 1_000, 360, 0.4, "Swim forward with three rods in a viscous plane.");
        Register<Reacher>(registry, 50, -3.75, -42.7, "Bring the tip of a planar arm to a target.");
        Register<Pusher>(registry, 100, 0, -149.8, "Push an object to a goal with an arm of seven joints.");
        Register<InvertedPendulum>(registry, 1_000, 950, 5.04, "Balance a pole on a cart that slides on a rail.");
        Register<InvertedDoublePendulum>(registry, 1_000, 9_100, 47.3, "Balance two poles on a cart, one on the other.");
    }

    /// <summary>The model of a built-in task. The caller owns it.</summary>
    public static MuJoCoModel LoadModel<TTask>()
        where TTask : unmanaged, IBuiltInTask<TTask> => MuJoCoModel.Parse(ReadModel(typeof(TTask).Name));

    private static string ReadModel(string name)
    {
        using Stream stream = typeof(MuJoCoEnvironments).Assembly.GetManifestResourceStream($"MuJoCo.{name}.xml")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static void Register<TTask>(
        EnvironmentRegistry registry,
        int limit,
        double? threshold,
        double randomReturn,
        string description
    )
        where TTask : unmanaged, IBuiltInTask<TTask>
    {
        registry.Add(
            $"{typeof(TTask).Name}-v5",
            TTask.Options,
            (id, options) =>
            {
                TTask task = TTask.Create(options);
                bool usual = !id.Contains('?', StringComparison.Ordinal); // scores are of the usual options only
                var spec = new EnvironmentSpec(id, MuJoCoEnvironment<TTask>.SpaceOf(task), task.ActionSpace)
                {
                    MaxEpisodeSteps = limit,
                    RewardThreshold = usual ? threshold : null,
                    RandomReturn = usual ? randomReturn : null,
                    Options = TTask.Options,
                    Description = description,
                };
                return (spec, (count, steps) => Batch(spec with { MaxEpisodeSteps = steps }, task, count));
            }
        );
    }

    private static BatchedEnvironment<MuJoCoEnvironment<TTask>> Batch<TTask>(EnvironmentSpec spec, TTask task, int count)
        where TTask : unmanaged, IBuiltInTask<TTask>
    {
        using MuJoCoModel model = LoadModel<TTask>();
        return new BatchedEnvironment<MuJoCoEnvironment<TTask>>(spec, () => new(model, task), count);
    }
}
