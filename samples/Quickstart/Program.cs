using Agents.Policies;
using Environments;
using Learners.Composition;
using Learners.Configuration;
using Learners.Evaluation;
using Learners.Training;

TrainingSettings settings = TunedSettings.For("CartPole-v1") with { TotalSteps = 50_000 };
TrainingResult result = await Trainer.TrainAsync(settings);
Console.WriteLine($"Mean return {result.Evaluation!.MeanReturn:F1}, policy in {result.PolicyFolder}");

using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
EvaluationResult again = Evaluator.Evaluate(policy, episodes: 20, deterministic: true);
Console.WriteLine($"Evaluated again: {again.MeanReturn:F1}");

using IBatchedEnvironment environment = EnvironmentRegistry.Default.Make("CartPole-v1");
environment.Reset(seed: 1);
PolicySession session = policy.CreateSession();
environment.Step(session.Act(environment.Observations));
Console.WriteLine($"Reward of the first action: {environment.Rewards[0]}");
