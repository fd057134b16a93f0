using Environments.Randomness;
using Environments.Spaces;

namespace Environments.Checking;

/// <summary>Whether what an environment shows is what its spaces promise.</summary>
internal static class SpaceChecks
{
    private const float LargeReward = 1e6f;

    // A quiet NaN that no arithmetic gives, to see what was never written.
    private static readonly float Unwritten = BitConverter.Int32BitsToSingle(0x7FC0_5EED);

    public static Finding Spaces(Subject subject)
    {
        EnvironmentSpec spec = subject.Batch.Spec;
        if (subject.Simulations is { } simulations)
        {
            for (int i = 0; i < 3; i++)
            {
                IEnvironment copy = simulations.CreateCopy();
                using var disposed = copy as IDisposable;
                if (copy.ObservationSpace != spec.ObservationSpace || copy.ActionSpace != spec.ActionSpace)
                {
                    return Finding.Fail(
                        $"One copy has {spec.ObservationSpace} → {spec.ActionSpace}, another {copy.ObservationSpace} → {copy.ActionSpace}.",
                        "Give every copy the same spaces; networks are built once."
                    );
                }
            }
        }
        string text = $"{spec.ObservationSpace} → {spec.ActionSpace}";
        return spec.ActionSpace is Dict
            ? Finding.Note(
                $"{text}: there is no policy over dictionaries of actions.",
                "Use Discrete, MultiDiscrete, MultiBinary or Box actions to train on it."
            )
            : Finding.Pass(text + ".");
    }

    public static Finding Shapes(Subject subject)
    {
        IBatchedEnvironment batch = subject.Batch;
        try
        {
            batch.Reset(subject.Settings.Seed);
        }
        catch (EnvironmentFaultException)
        {
            // Another check tells what it shows.
        }
        (int count, int size) = (subject.Settings.Copies, subject.Size);
        (string Name, int Length, int Wanted)[] spans =
        [
            (nameof(batch.Observations), batch.Observations.Length, count * size),
            (nameof(batch.FinalObservations), batch.FinalObservations.Length, count * size),
            (nameof(batch.Rewards), batch.Rewards.Length, count),
            (nameof(batch.Terminated), batch.Terminated.Length, count),
            (nameof(batch.Truncated), batch.Truncated.Length, count),
        ];
        foreach ((string name, int length, int wanted) in spans)
        {
            if (length != wanted)
            {
                return Finding.Fail(
                    $"{name} of {count} copies has {length} elements where {wanted} belong.",
                    "Give every copy its row, one after the other."
                );
            }
        }
        return batch.Count == count
            ? Finding.Pass($"{count} copies of rows of {size} numbers.")
            : Finding.Fail($"{count} copies were asked for and {batch.Count} made.", "Make as many copies as are asked for.");
    }

    /// <summary>Numbers that cannot be: not finite, or not whole where integers, bits or bytes belong.</summary>
    public static Finding Types(Subject subject)
    {
        var check = RowCheck.OfObservations(subject.Spec.ObservationSpace);
        string? fault;
        try
        {
            fault = FirstIn(
                subject,
                row =>
                {
                    int index = check.FindFault(row);
                    return index < 0 ? null : $"{row[index]} as {check.Describe(index)}";
                }
            );
        }
        catch (EnvironmentFaultException exception)
        {
            fault = exception.Message; // a batch of simulations looks itself now and then
        }
        return fault is null
            ? Finding.Pass("Every number is finite, and whole where integers or bytes belong.")
            : Finding.Fail(fault, "Write what the space promises, or promise what is written: training stops at such a number.");
    }

    /// <summary>Real numbers beyond their bounds.</summary>
    public static Finding Bounds(Subject subject)
    {
        Space space = subject.Spec.ObservationSpace;
        string? fault = FirstIn(subject, row => space.Contains(row) ? null : Outside(space, row));
        return fault is null
            ? Finding.Pass("Every observation is a member of its space.")
            : Finding.Fail(
                fault,
                "Widen the bounds of the space, or keep the observation within them: who scales by bounds would be wrong."
            );
    }

    public static Finding Written(Subject subject)
    {
        if (subject.Simulations is not { } simulations)
        {
            return Finding.Skip("Only a simulation in this process shows which numbers it leaves as they were.");
        }
        IEnvironment simulation = simulations.CreateCopy();
        using var disposed = simulation as IDisposable;
        (simulation as ISeededEnvironment)?.Seed(subject.Settings.Seed);
        var stream = new Pcg64(subject.Settings.Seed);
        var random = new Pcg64(subject.Settings.Seed + 1);
        var observation = new float[subject.Size];
        var action = new float[subject.ActionSize];
        bool ended = true;
        for (int t = 0; t < subject.Settings.Steps; t++)
        {
            Array.Fill(observation, Unwritten);
            string when = "the first observation";
            if (ended)
            {
                simulation.Reset(observation, ref stream);
                ended = false;
            }
            else
            {
                subject.Draw(action, ref random);
                StepResult result = simulation.Step(action, observation, ref stream);
                ended = result.Terminated || result.Truncated;
                when = ended ? "the final observation" : "the observation";
            }
            int missing = Array.FindIndex(observation, IsUnwritten);
            if (missing >= 0)
            {
                return Finding.Fail(
                    $"Element {missing} of {when} was not written in call {t}.",
                    "Write all numbers in every Reset and Step, also in the step that ends an episode: what stands there is the past."
                );
            }
        }
        return Finding.Pass("Every call writes every number, also the step that ends an episode.");
    }

    public static Finding Rewards(Subject subject)
    {
        (float low, float high) = (0, 0);
        string? fault = null;
        subject.Play(
            subject.Batch,
            subject.Settings.Seed,
            t =>
            {
                for (int copy = 0; copy < subject.Batch.Count; copy++)
                {
                    float reward = subject.Batch.Rewards[copy];
                    (low, high) = (Math.Min(low, reward), Math.Max(high, reward));
                    if (fault is null && (!float.IsFinite(reward) || (t == 0 && reward != 0)))
                    {
                        fault =
                            t == 0
                                ? $"A reset gives copy {copy} the reward {reward}, though nothing was done."
                                : $"Step {t} gives copy {copy} the reward {reward}.";
                    }
                }
                return fault is null;
            }
        );
        if (fault is not null)
        {
            return Finding.Fail(fault, "Give finite rewards, and 0 after a reset.");
        }
        string range = $"Rewards of random actions are within {low} to {high}.";
        return Math.Max(-low, high) > LargeReward
            ? Finding.Note(range, "Set wrappers.reward_scale or wrappers.normalize_rewards: networks learn numbers near 1.")
            : Finding.Pass(range);
    }

    private static bool IsUnwritten(float value) =>
        BitConverter.SingleToInt32Bits(value) == BitConverter.SingleToInt32Bits(Unwritten);

    private delegate string? RowFault(ReadOnlySpan<float> row);

    private static string? FirstIn(Subject subject, RowFault faultOf)
    {
        string? fault = null;
        IBatchedEnvironment batch = subject.Batch;
        subject.Play(
            batch,
            subject.Settings.Seed,
            t =>
            {
                for (int copy = 0; copy < batch.Count && fault is null; copy++)
                {
                    fault = Describe(faultOf(Row(batch.Observations, copy, subject.Size)), "observation", t, copy);
                    if (fault is null && t > 0 && (batch.Terminated[copy] || batch.Truncated[copy]))
                    {
                        ReadOnlySpan<float> final = Row(batch.FinalObservations, copy, subject.Size);
                        fault = Describe(faultOf(final), "final observation", t, copy);
                    }
                }
                return fault is null;
            }
        );
        return fault;
    }

    private static string? Describe(string? fault, string what, int t, int copy) =>
        fault is null ? null : $"The {what} of copy {copy} in step {t} holds {fault}.";

    private static ReadOnlySpan<float> Row(ReadOnlySpan<float> rows, int copy, int size) => rows.Slice(copy * size, size);

    private static string Outside(Space space, ReadOnlySpan<float> row, string path = "")
    {
        if (space is Dict dict)
        {
            foreach ((string name, Space entry) in dict.Entries)
            {
                if (!entry.Contains(row[..entry.Size]))
                {
                    return Outside(entry, row[..entry.Size], path.Length == 0 ? name : $"{path}.{name}");
                }
                row = row[entry.Size..];
            }
        }
        string of = path.Length == 0 ? "" : $" of '{path}'";
        if (space is Box box)
        {
            int i = 0;
            while (row[i] >= box.Low[i] && row[i] <= box.High[i])
            {
                i++;
            }
            return $"{row[i]} in element {i}{of}, where {box.Low[i]} to {box.High[i]} belongs";
        }
        return $"what is not in {space}{of}";
    }
}
