using Environments.Randomness;

namespace Environments.Checking;

/// <summary>Whether episodes begin and end as they should.</summary>
internal static class EpisodeChecks
{
    private const int EndsToJudge = 4;
    private const string KeepIt =
        "Write the observation that the last step led to into an array of its own, before the copy is reset: values are bootstrapped from it.";

    public static Finding Autoreset(Subject subject)
    {
        using IBatchedEnvironment batch = subject.Make(subject.Settings.Copies); // whose first episodes are its first ones
        if (batch.AutoresetMode != AutoresetMode.SameStep)
        {
            return Finding.Fail(
                $"It resets by {batch.AutoresetMode}.",
                "Reset a copy in the step that ends its episode and keep the last observation in FinalObservations: training needs it so."
            );
        }
        var lengths = new List<int>[batch.Count];
        var elapsed = new int[batch.Count];
        for (int copy = 0; copy < batch.Count; copy++)
        {
            lengths[copy] = [];
        }
        subject.Play(
            batch,
            subject.Settings.Seed,
            t =>
            {
                for (int copy = 0; t > 0 && copy < batch.Count; copy++)
                {
                    elapsed[copy]++;
                    if (batch.Terminated[copy] || batch.Truncated[copy])
                    {
                        lengths[copy].Add(elapsed[copy]);
                        elapsed[copy] = 0;
                    }
                }
                return true;
            }
        );
        int stuck = Array.FindIndex(
            lengths,
            ends => ends.Count > EndsToJudge && ends[0] > 1 && ends.Skip(1).All(length => length == 1)
        );
        if (stuck >= 0)
        {
            return Finding.Fail(
                $"The first episode of copy {stuck} has {lengths[stuck][0]} steps, and each of the {lengths[stuck].Count - 1} after it 1.",
                "Let Reset put back everything that ends an episode, such as counters and flags."
            );
        }
        int[] all = [.. lengths.SelectMany(ends => ends)];
        return all.Length > 0
            ? Finding.Pass(
                $"{all.Length} episodes of {all.Min()} to {all.Max()} steps, each begun anew in the step that ended the last."
            )
            : Finding.Note(
                $"No episode ended within {subject.Settings.Steps} steps.",
                "Check more steps, so that ends are seen; a task that never ends should have a step limit."
            );
    }

    public static Finding TimeLimit(Subject subject)
    {
        IBatchedEnvironment batch = subject.Batch;
        int limit = batch.Spec.MaxEpisodeSteps ?? int.MaxValue;
        var elapsed = new int[batch.Count];
        string? fault = null;
        int reached = 0;
        subject.Play(
            batch,
            subject.Settings.Seed + 1,
            t =>
            {
                for (int copy = 0; t > 0 && copy < batch.Count; copy++)
                {
                    elapsed[copy]++;
                    bool ended = batch.Terminated[copy] || batch.Truncated[copy];
                    if (elapsed[copy] >= limit && !batch.Truncated[copy])
                    {
                        fault ??=
                            $"Copy {copy} was not truncated in step {elapsed[copy]} of an episode, though the limit is {limit}.";
                    }
                    reached += elapsed[copy] == limit ? 1 : 0;
                    elapsed[copy] = ended ? 0 : elapsed[copy];
                }
                return fault is null;
            }
        );
        if (fault is not null)
        {
            return Finding.Fail(fault, "Truncate an episode in the step that reaches MaxEpisodeSteps, and count from its reset.");
        }
        return reached > 0
            ? Finding.Pass($"{reached} episodes reached the limit of {limit} steps and were truncated there.")
            : Finding.Skip(
                subject.Spec.MaxEpisodeSteps is null
                    ? "There is no step limit."
                    : $"No episode of random actions reached the limit of {limit} steps within {subject.Settings.Steps}."
            );
    }

    /// <summary>Whether the last observation of an episode is there, and not the next one's first, the one before it, or nothing.</summary>
    public static Finding FinalObservation(Subject subject)
    {
        if (subject.Simulations is not null)
        {
            return Finding.Skip("The batch keeps what the last step wrote; 'all written' tells whether it wrote.");
        }
        using IBatchedEnvironment batch = subject.Make(subject.Settings.Copies); // nothing was ever written into its arrays
        if (batch.FinalObservations.Overlaps(batch.Observations))
        {
            return Finding.Fail("FinalObservations and Observations are the same memory.", KeepIt);
        }
        Ends ends = Watch(subject, batch);
        if (ends.Count < 2)
        {
            return Finding.Skip($"Too few episodes ended within {subject.Settings.Steps} steps.");
        }
        if (ends.AreNext == ends.Count && ends.Starts.Count > 1)
        {
            return Finding.Fail(
                $"In each of {ends.Count} episodes that ended the final observation is the first one of the next episode.",
                KeepIt
            );
        }
        bool changing = ends.Changes > ends.Count;
        string? doubt =
            changing && ends.ArePrevious == ends.Count ? "is the one before the last step"
            : changing && ends.AreUnwritten == ends.Count ? "is the row that stood there at the beginning"
            : null;
        return doubt is null
            ? Finding.Pass($"{ends.Count} episodes ended, and what they ended with is there.")
            : Finding.Note(
                $"In each of {ends.Count} episodes that ended the final observation {doubt}.",
                $"Nothing to do where the task is so; else: {KeepIt}"
            );
    }

    private static Ends Watch(Subject subject, IBatchedEnvironment batch)
    {
        int size = subject.Size;
        var ends = new Ends();
        var seen = new HashSet<int>();
        var before = new int[batch.Count];
        var unwritten = new int[batch.Count];
        subject.Play(
            batch,
            subject.Settings.Seed,
            t =>
            {
                for (int copy = 0; copy < batch.Count; copy++)
                {
                    int shown = Comparison.HashOf(batch.Observations.Slice(copy * size, size));
                    int final = Comparison.HashOf(batch.FinalObservations.Slice(copy * size, size));
                    if (t == 0)
                    {
                        unwritten[copy] = final;
                    }
                    else if (batch.Terminated[copy] || batch.Truncated[copy])
                    {
                        ends.Count++;
                        ends.Starts.Add(shown);
                        ends.AreNext += final == shown ? 1 : 0;
                        ends.ArePrevious += final == before[copy] ? 1 : 0;
                        ends.AreUnwritten += final == unwritten[copy] && !seen.Contains(final) ? 1 : 0;
                    }
                    else
                    {
                        ends.Changes += shown != before[copy] ? 1 : 0;
                    }
                    seen.Add(shown);
                    before[copy] = shown;
                }
                return true;
            }
        );
        return ends;
    }

    /// <summary>What final observations were seen to be.</summary>
    private sealed class Ends
    {
        public HashSet<int> Starts { get; } = [];
        public int Count { get; set; }
        public int AreNext { get; set; }
        public int ArePrevious { get; set; }
        public int AreUnwritten { get; set; }
        public int Changes { get; set; } // of observations within episodes
    }

    /// <summary>Whether a simulation remembers an earlier episode.</summary>
    public static Finding Memory(Subject subject)
    {
        if (subject.Simulations is not { } simulations)
        {
            return Finding.Skip("Only a simulation in this process can be reset from a stream as it was.");
        }
        IEnvironment used = simulations.CreateCopy();
        IEnvironment fresh = simulations.CreateCopy();
        using (used as IDisposable)
        using (fresh as IDisposable)
        {
            return Memory(subject, used, fresh);
        }
    }

    private static Finding Memory(Subject subject, IEnvironment used, IEnvironment fresh)
    {
        (used as ISeededEnvironment)?.Seed(subject.Settings.Seed);
        (fresh as ISeededEnvironment)?.Seed(subject.Settings.Seed);
        var random = new Pcg64(subject.Settings.Seed);
        var stream = new Pcg64(subject.Settings.Seed);
        var one = new float[subject.Size];
        var other = new float[subject.Size];
        var action = new float[subject.ActionSize];
        used.Reset(one, ref stream);
        for (int t = 0; t < subject.Settings.Steps; t++)
        {
            subject.Draw(action, ref random);
            StepResult result = used.Step(action, one, ref stream);
            if (result.Terminated || result.Truncated)
            {
                break;
            }
        }
        Pcg64 streamOfFresh = stream;
        used.Reset(one, ref stream);
        fresh.Reset(other, ref streamOfFresh);
        for (int t = 0; ; t++)
        {
            if (Comparison.Difference(one, other) is { } difference)
            {
                return Finding.Note(
                    $"An episode depends on the one before it: its observation in step {t} {difference}.",
                    "Nothing to do where that is the task; else let Reset put back everything."
                );
            }
            if (t == subject.Settings.Steps)
            {
                break;
            }
            subject.Draw(action, ref random);
            StepResult result = used.Step(action, one, ref stream);
            if (result != fresh.Step(action, other, ref streamOfFresh))
            {
                return Finding.Note(
                    $"An episode depends on the one before it: step {t + 1} gives another reward or end.",
                    "Nothing to do where that is the task; else let Reset put back everything."
                );
            }
            if (result.Terminated || result.Truncated)
            {
                break;
            }
        }
        return Finding.Pass("A simulation that was used begins as a new one does.");
    }
}
