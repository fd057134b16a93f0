using System.Diagnostics;
using System.Globalization;
using Agents.Policies;
using Environments.Spaces;

// A program that only acts: it loads a saved policy, reads observations, one per line, and writes an action for each.
if (args is not ([_] or [_, "--bench"]))
{
    Console.Error.WriteLine(
        "usage: inference POLICY [--bench]   (observations from standard input, numbers separated by spaces or commas)"
    );
    return 1;
}
try
{
    using SavedPolicy policy = SavedPolicy.Load(args[0]);
    PolicySession session = policy.CreateSession();
    if (args.Length == 2)
    {
        Measure(session, new float[policy.ObservationSpace.Size]);
        return 0;
    }
    string names = policy.ActionSpace is Discrete discrete ? $"one of {discrete.Count} actions" : policy.ActionSpace.ToString()!;
    Console.Error.WriteLine(
        $"{policy.Info.Agent} for {policy.Info.Environment}: {policy.ObservationSpace.Size} numbers in, {names} out"
    );
    var observation = new float[policy.ObservationSpace.Size];
    while (Console.ReadLine() is { } line)
    {
        string[] numbers = line.Split([' ', ',', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (numbers.Length == 0)
        {
            session.StartEpisode(0); // an empty line ends an episode
            continue;
        }
        if (numbers.Length != observation.Length)
        {
            Console.Error.WriteLine($"error: the line has {numbers.Length} numbers, but the policy sees {observation.Length}.");
            return 1;
        }
        for (int i = 0; i < observation.Length; i++)
        {
            observation[i] = float.Parse(numbers[i], CultureInfo.InvariantCulture);
        }
        Console.WriteLine(
            string.Join(
                ' ',
                session.Act(observation).ToArray().Select(value => value.ToString("R", CultureInfo.InvariantCulture))
            )
        );
    }
    return 0;
}
catch (Exception exception) when (exception is PolicyFormatException or FormatException or ArgumentException)
{
    Console.Error.WriteLine($"error: {exception.Message}");
    return 1;
}

static void Measure(PolicySession session, float[] observation)
{
    const int rounds = 9;
    const int steps = 100_000;
    var nanoseconds = new double[rounds];
    for (int round = 0; round < rounds; round++)
    {
        long start = Stopwatch.GetTimestamp();
        for (int step = 0; step < steps; step++)
        {
            session.Act(observation);
        }
        nanoseconds[round] = Stopwatch.GetElapsedTime(start).TotalNanoseconds / steps;
    }
    Array.Sort(nanoseconds);
    Console.WriteLine(
        string.Create(
            CultureInfo.InvariantCulture,
            $"{nanoseconds[rounds / 2]:F0} ns per step ({nanoseconds[0]:F0} to {nanoseconds[^1]:F0})"
        )
    );
}
