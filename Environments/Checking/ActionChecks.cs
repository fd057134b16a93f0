using Environments.Randomness;
using Environments.Spaces;

namespace Environments.Checking;

/// <summary>Whether all actions of the space are taken, and no others.</summary>
internal static class ActionChecks
{
    private const int MostCorners = 64;

    public static Finding Accepted(Subject subject)
    {
        IBatchedEnvironment batch = subject.Batch;
        batch.Reset(subject.Settings.Seed);
        float[][] corners = [.. Corners(subject.Spec.ActionSpace).Take(MostCorners)];
        var actions = new float[batch.Count * subject.ActionSize];
        foreach (float[] corner in corners)
        {
            subject.Cancellation.ThrowIfCancellationRequested();
            for (int copy = 0; copy < batch.Count; copy++)
            {
                corner.CopyTo(actions.AsSpan(copy * subject.ActionSize));
            }
            try
            {
                batch.Step(actions);
            }
            catch (Exception exception) when (exception is not EnvironmentFaultException and not OperationCanceledException)
            {
                return Finding.Fail(
                    $"The action [{string.Join(", ", corner.Take(8))}] of {subject.Spec.ActionSpace} raises {exception.GetType().Name}: {exception.Message}",
                    "Take every member of the action space, or make the space smaller."
                );
            }
        }
        return Finding.Pass($"{corners.Length} actions at the edges of {subject.Spec.ActionSpace} are taken.");
    }

    public static Finding Refused(Subject subject)
    {
        using IBatchedEnvironment batch = subject.Make(subject.Settings.Copies);
        IBatchedEnvironment twin = subject.Twin;
        var random = new Pcg64(subject.Settings.Seed);
        float[] good = subject.Draw(batch.Count, ref random);
        if (Refusal<InvalidOperationException>(batch, good, "a step before the first reset") is { } early)
        {
            return early;
        }
        batch.Reset(subject.Settings.Seed);
        twin.Reset(subject.Settings.Seed);
        if (Refusal<ArgumentException>(batch, good[1..], "too few numbers") is { } few)
        {
            return few;
        }
        foreach (float impossible in Impossible(subject.Spec.ActionSpace))
        {
            float[] bad = [.. good];
            bad[^1] = impossible;
            if (
                Refusal<ArgumentException>(
                    batch,
                    bad,
                    $"the action [{string.Join(", ", bad.TakeLast(subject.ActionSize).Take(8))}]"
                ) is
                { } taken
            )
            {
                return taken;
            }
        }
        return SeedChecks.Differ(subject, batch, twin, subject.Settings.Steps / 4) is { } difference
            ? Finding.Fail($"After a refused action: {difference}", "Look at all actions before anything is stepped.")
            : Finding.Pass("What is no action is refused, and nothing happens then.");
    }

    /// <summary>Whether a copy that rests shows what it showed, which frame skip and no-ops at reset need.</summary>
    public static Finding Resting(Subject subject)
    {
        IBatchedEnvironment batch = subject.Batch;
        batch.Reset(subject.Settings.Seed);
        var random = new Pcg64(subject.Settings.Seed);
        var active = new bool[batch.Count];
        for (int t = 0; t < Math.Min(20, subject.Settings.Steps); t++)
        {
            float[] before = batch.Observations.ToArray();
            Array.Fill(active, true);
            int resting = t % batch.Count;
            active[resting] = false;
            try
            {
                batch.StepSome(subject.Draw(batch.Count, ref random), active);
            }
            catch (NotSupportedException exception)
            {
                return Finding.Note(exception.Message, "Frame skip and no-ops at reset cannot be used with it.");
            }
            ReadOnlySpan<float> row = before.AsSpan(resting * subject.Size, subject.Size);
            if (
                !row.SequenceEqual(batch.Observations.Slice(resting * subject.Size, subject.Size))
                || batch.Rewards[resting] != 0
                || batch.Terminated[resting]
                || batch.Truncated[resting]
            )
            {
                return Finding.Fail(
                    $"Copy {resting} should rest in step {t + 1}, but its observation, reward or flags changed.",
                    "Let StepSome leave resting copies as they are, with reward 0 and no flag."
                );
            }
        }
        return Finding.Pass("Copies that rest stay as they are.");
    }

    private static Finding? Refusal<TException>(IBatchedEnvironment batch, float[] actions, string what)
        where TException : Exception
    {
        const string advice =
            "Refuse it before anything is stepped: InvalidOperationException before the first reset, ArgumentException for what is no action.";
        try
        {
            batch.Step(actions);
        }
        catch (TException)
        {
            return null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Finding.Fail(
                $"{what} raises {exception.GetType().Name}, where {typeof(TException).Name} belongs: {exception.Message}",
                advice
            );
        }
        return Finding.Fail($"{what} is taken without a word.", advice);
    }

    // Of the last number of an action.
    private static float[] Impossible(Space space) =>
        space switch
        {
            Box => [float.NaN, float.PositiveInfinity],
            Discrete discrete => [discrete.Count, -1, 0.5f, float.NaN],
            MultiDiscrete several => [several.Counts[^1], -1, 0.5f, float.NaN],
            MultiBinary => [2, -1, 0.5f, float.NaN],
            Dict dict => Impossible(dict.Entries[^1].Value),
            _ => [float.NaN],
        };

    private static IEnumerable<float[]> Corners(Space space)
    {
        switch (space)
        {
            case Discrete discrete:
                return Enumerable.Range(0, discrete.Count).Select(index => new float[] { index });
            case MultiDiscrete several:
                int most = several.Counts.ToArray().Max();
                int[] counts = several.Counts.ToArray();
                return Enumerable
                    .Range(0, most)
                    .Select(index => Array.ConvertAll(counts, count => (float)Math.Min(index, count - 1)));
            case MultiBinary bits:
                return Enumerable.Range(0, 2).Select(bit => Enumerable.Repeat((float)bit, bits.Count).ToArray());
            case Box box:
                return [Finite(box.Low), Finite(box.High)];
            case Dict dict:
                Space[] entries = dict.Entries.ToArray().Select(entry => entry.Value).ToArray();
                return
                [
                    [.. entries.SelectMany(entry => Corners(entry).First())],
                    [.. entries.SelectMany(entry => Corners(entry).Take(MostCorners).Last())],
                ];
            default:
                return [];
        }
    }

    // A million stands for no bound.
    private static float[] Finite(ReadOnlySpan<float> bounds) =>
        Array.ConvertAll(bounds.ToArray(), bound => Math.Clamp(bound, -1e6f, 1e6f));
}
