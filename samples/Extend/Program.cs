using Agents.Networks;
using Environments;
using Extend;
using Fleet.PolicyPools;
using Learners.ActorCritic;
using Learners.Composition;
using Learners.Configuration;
using Learners.Evaluation;
using Learners.Ppo;
using Learners.Training;
using Microsoft.Extensions.DependencyInjection;

// One call for each kind of part; --assembly of the command line does the same.
OwnParts.RegisterAssembly(typeof(LeakyCore).Assembly);
EnvironmentRegistry.Default.RegisterAssembly(typeof(Reservoir).Assembly);

var settings = new TrainingSettings
{
    Environment = "Own/Reservoir-v0",
    TotalSteps = 30_000,
    Network = new NetworkSettings
    {
        Core = "leaky",
        CoreSettings = new LeakyCore { Decay = 0.3f },
        CoreSize = 16,
    },
    Agent = new PpoSettings
    {
        LearningRateSchedule = new ScheduleKind("cosine"),
        Auxiliary = [new ActionMemory { Weight = 0.02f }],
    },
};

int episodes = 0;
double level = double.NaN;
TrainingResult result = await Trainer.TrainAsync(
    settings,
    new TrainingOptions
    {
        InMemory = true, // no folder, no file
        OnEpisode = _ => episodes++,
        OnUpdate = update =>
        {
            level = update.Metrics["environment/level"]; // what the environment measures
            update.Report("episodes", episodes); // what this program measures
        },
        OnEvaluation = evaluation =>
        {
            Console.WriteLine($"{evaluation.Progress.EnvironmentSteps} steps: mean return {evaluation.Result.MeanReturn:F1}");
            if (evaluation.Result.MeanReturn > 28.5)
            {
                evaluation.Stop(); // good enough
            }
        },
    }
);
Console.WriteLine($"{episodes} episodes, mean level {level:F2}, stopped early: {result.Interrupted}");

// The policy is in the result: nothing is loaded.
EvaluationResult again = Evaluator.Evaluate(result.Policy, episodes: 20, deterministic: true);
Console.WriteLine($"Evaluated again: {again.MeanReturn:F1}");

// A pool of sessions for a service; each conversation has a memory of its own.
await using ServiceProvider services = new ServiceCollection().AddAgentsPolicy(result.Policy).BuildServiceProvider();
PolicyPool pool = services.GetRequiredService<PolicyPool>();
using PolicyLease session = await pool.RentAsync("reservoir 7");
Console.WriteLine($"Action at a level of 0.9 in rain: {session.Act([0.9f, 1])[0]}");
