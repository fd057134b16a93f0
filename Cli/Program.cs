using Cli;
using Environments;
using Learners.Fleet.Chaos;

if (args is ["actor" or "learner", ..])
{
    HangingCartPole.Register(EnvironmentRegistry.Default); // asked for by 'agents chaos hang' alone, and in no list
}
Console.SetError(new DiagnosticWriter(Console.Error)); // also for what others write there
using var interruption = new Interruption(Console.Error);
return await Application.RunAsync(args, Console.Out, Console.Error, interruption.Token);
