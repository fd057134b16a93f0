using System.Text.Json;

namespace ExternalProcess;

/// <summary>The simulator: a cart that is pushed. It reads a line of JSON and answers with one, until its input ends.</summary>
internal static class Simulator
{
    /// <summary>Argument that makes this program the simulator.</summary>
    public const string Argument = "simulate";

    /// <summary>Answers until there is nothing more to read.</summary>
    public static async Task RunAsync(TextReader input, TextWriter output)
    {
        double position = 0;
        double speed = 0;
        while (await input.ReadLineAsync() is { } line)
        {
            Request request = JsonSerializer.Deserialize<Request>(line)!;
            if (request.Seed is { } seed)
            {
                position = new Random((int)(seed % int.MaxValue)).NextDouble() * 4 - 2;
                speed = 0;
            }
            else
            {
                speed = 0.9 * speed + 0.1 * (request.Action - 1);
                position = Math.Clamp(position + speed, -5, 5);
            }
            var reply = new Reply([(float)position, (float)speed], (float)-Math.Abs(position), Terminated: false);
            await output.WriteLineAsync(JsonSerializer.Serialize(reply));
            await output.FlushAsync();
        }
    }
}

/// <summary>A question: a seed begins an episode, an action steps.</summary>
internal sealed record Request(ulong? Seed, int Action);

/// <summary>What the simulator answers.</summary>
internal sealed record Reply(float[] Observation, float Reward, bool Terminated);
