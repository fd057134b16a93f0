using Environments;
using ExternalProcess;
using Learners.Composition;
using Learners.Ppo;
using Learners.Training;

if (args is [Simulator.Argument, ..])
{
    await Simulator.RunAsync(Console.In, Console.Out);
    return;
}

new Registration().Register(EnvironmentRegistry.Default);
TrainingResult result = await Trainer.TrainAsync(
    new TrainingSettings
    {
        Environment = Registration.Id,
        TotalSteps = 3_000,
        Agent = new PpoSettings { Copies = 4, UnrollLength = 64 },
        Evaluation = new EvaluationSettings
        {
            Episodes = 0,
            FinalEpisodes = 8,
            Copies = 2,
        },
    },
    new TrainingOptions { InMemory = true, Warn = Console.Error.WriteLine }
);
Console.WriteLine($"Mean return {result.Evaluation!.MeanReturn:F1} after {result.EnvironmentSteps} steps");
Console.WriteLine($"Simulators started: {ProcessEnvironment.Started}, still alive: {ProcessEnvironment.Alive}");
