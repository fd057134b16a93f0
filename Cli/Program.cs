using Cli;

using var interruption = new Interruption(Console.Error);
return await Application.RunAsync(args, Console.Out, Console.Error, interruption.Token);
