using Environments.Randomness;

namespace Environments.Checking;

/// <summary>Whether a seed decides everything, and each copy is its own.</summary>
internal static class SeedChecks
{
    private const int Seeds = 8;

    public static Finding SameSeed(Subject subject)
    {
        using IBatchedEnvironment fresh = subject.Make(subject.Settings.Copies);
        IBatchedEnvironment twin = subject.Twin;
        ulong seed = subject.Settings.Seed;
        int used = 0;
        subject.Play(twin, seed + 1_000, _ => ++used < subject.Settings.Steps / 2); // what it was before must not matter
        if (Together(subject, fresh, twin, seed) is { } difference)
        {
            return Finding.Fail(
                difference,
                "Draw only from the stream that Reset and Step are given (in Python from self.np_random, seeded by super().reset(seed=seed)), "
                    + "never from a generator of your own, the clock or an unordered set; forget earlier episodes, or implement ISeededEnvironment to be told the seed."
            );
        }
        return Finding.Pass("The same seed and actions give the same episodes bit for bit, in a new batch and in a used one.");
    }

    public static Finding DifferentSeeds(Subject subject)
    {
        IBatchedEnvironment batch = subject.Single;
        var wholes = new HashSet<int>();
        bool startsDiffer = false;
        for (int i = 0; i < Seeds; i++)
        {
            var whole = new HashCode();
            int? start = null;
            subject.Play(
                batch,
                subject.Settings.Seed + (ulong)(i * 977),
                t =>
                {
                    int shown = Comparison.HashOf(batch.Observations);
                    whole.Add(shown);
                    whole.Add(batch.Rewards[0]);
                    if (t == 0 || batch.Terminated[0] || batch.Truncated[0])
                    {
                        startsDiffer |= start is { } first && first != shown;
                        start ??= shown;
                    }
                    return true;
                }
            );
            wholes.Add(whole.ToHashCode());
        }
        if (wholes.Count > 1)
        {
            return Finding.Pass($"{Seeds} seeds give {wholes.Count} different plays.");
        }
        return startsDiffer
            ? Finding.Fail(
                $"{Seeds} seeds all give the same play, though its episodes begin differently.",
                "Draw from the stream that Reset and Step are given: a generator with a fixed seed of its own shows an agent always the same chance."
            )
            : Finding.Note(
                $"{Seeds} seeds all give the same play.",
                "Nothing to do where the task has no chance in it; else draw from the stream that Reset and Step are given."
            );
    }

    public static Finding Copies(Subject subject)
    {
        (IBatchedEnvironment batch, IBatchedEnvironment single) = (subject.Batch, subject.Single);
        int copy = batch.Count - 1;
        ulong seed = subject.Settings.Seed;
        batch.Reset(seed);
        single.Reset(seed + (ulong)copy);
        var random = new Pcg64(seed);
        for (int t = 0; ; t++)
        {
            if (Comparison.Difference(batch, copy, single, 0) is { } difference)
            {
                return Finding.Fail(
                    $"Copy {copy} of seed {seed} is not what a single copy of seed {seed + (ulong)copy} is in step {t}: {difference}.",
                    "Keep nothing in static members or globals, and seed copy b with the batch's seed + b."
                );
            }
            if (t == subject.Settings.Steps)
            {
                return Finding.Pass(
                    "Copies do not touch one another; copy b of seed s plays what a single copy of seed s + b plays."
                );
            }
            float[] actions = subject.Draw(batch.Count, ref random);
            batch.Step(actions);
            single.Step(actions.AsSpan(copy * subject.ActionSize, subject.ActionSize));
        }
    }

    /// <summary>Plays two batches from a seed with the same actions; how they differ, or null.</summary>
    private static string? Together(Subject subject, IBatchedEnvironment one, IBatchedEnvironment other, ulong seed)
    {
        one.Reset(seed);
        other.Reset(seed);
        return Differ(subject, one, other, subject.Settings.Steps);
    }

    /// <summary>Steps two batches with the same actions; how they differ, or null.</summary>
    public static string? Differ(Subject subject, IBatchedEnvironment one, IBatchedEnvironment other, int steps)
    {
        var random = new Pcg64(subject.Settings.Seed + 2);
        for (int t = 0; ; t++)
        {
            if (Comparison.Difference(one, other) is { } difference)
            {
                return $"The same seed and actions give another play in step {t}, {difference}.";
            }
            if (t == steps)
            {
                return null;
            }
            float[] actions = subject.Draw(one.Count, ref random);
            one.Step(actions);
            other.Step(actions);
        }
    }
}
