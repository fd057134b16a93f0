using System.Diagnostics;
using System.Text.Json;
using Environments.Naming;
using Environments.Randomness;
using Environments.State;

namespace Environments.Checking;

/// <summary>Saved states, what is said besides, time, and the end.</summary>
internal static class LifeChecks
{
    private const string SaveEverything =
        "Save all that the next step depends on, generators of its own, too; or make it a struct of plain values, which is saved by itself.";

    public static Finding State(Subject subject)
    {
        (IBatchedEnvironment batch, IBatchedEnvironment twin) = (subject.Batch, subject.Twin);
        if (!batch.CanSaveState)
        {
            return Finding.Note(
                "Its state cannot be saved.",
                batch is IInformative
                    ? "A resumed run begins new episodes."
                    : "A resumed run begins new episodes. Make it a struct of plain values, or implement ISavableEnvironment, to continue bit for bit."
            );
        }
        ulong seed = subject.Settings.Seed;
        int half = subject.Settings.Steps / 2;
        batch.Reset(seed);
        twin.Reset(seed);
        if (SeedChecks.Differ(subject, batch, twin, half) is { } before)
        {
            return Finding.Skip($"It does not repeat itself, so nothing can be told: {before}");
        }
        var state = new StateDictionary();
        batch.SaveState(state);
        if (SeedChecks.Differ(subject, batch, twin, half) is { } disturbed)
        {
            return Finding.Fail($"After it was saved: {disturbed}", "Change nothing while saving.");
        }
        using IBatchedEnvironment fresh = subject.Make(subject.Settings.Copies);
        fresh.LoadState(state);
        batch.LoadState(state);
        if (LoadedDiffers(subject, batch, fresh, seed, half) is { } changed)
        {
            return Finding.Fail($"After its state was loaded: {changed}", SaveEverything);
        }
        try
        {
            subject.Single.LoadState(state);
        }
        catch (InvalidDataException)
        {
            return Finding.Pass("A saved state continues bit for bit, in a new batch and in a used one.");
        }
        return Finding.Fail(
            $"One copy takes the state of {batch.Count}.",
            "Refuse a state of another number of copies with InvalidDataException."
        );
    }

    public static Finding Info(Subject subject)
    {
        IBatchedEnvironment batch = subject.Batch;
        if (batch is not IInformative informative)
        {
            return Finding.Skip("Environments in C# say nothing besides.");
        }
        string? fault = null;
        int ends = 0;
        int silent = 0;
        subject.Play(
            batch,
            subject.Settings.Seed,
            t =>
            {
                for (int copy = 0; t > 0 && copy < batch.Count; copy++)
                {
                    if (!batch.Terminated[copy] && !batch.Truncated[copy])
                    {
                        continue;
                    }
                    ends++;
                    string? info = informative.FinalInfo(copy);
                    silent += info is null ? 1 : 0;
                    fault ??=
                        info is not null && FaultOf(info) is { } mistake
                            ? $"The info at the end of an episode of copy {copy} in step {t} {mistake}."
                            : null;
                }
                return fault is null;
            }
        );
        if (fault is not null)
        {
            return Finding.Fail(fault, "Return a dictionary with text as keys as the last thing of reset and step.");
        }
        if (silent > 0 && silent < ends)
        {
            return Finding.Fail(
                $"{silent} of {ends} episodes ended without an info.",
                "Return one in every step, if only an empty one."
            );
        }
        return ends == 0 ? Finding.Skip($"No episode ended within {subject.Settings.Steps} steps.")
            : silent == ends ? Finding.Skip("Its server says nothing besides.")
            : Finding.Pass($"{ends} episodes ended with an info that is a dictionary.");
    }

    public static Finding Timing(Subject subject)
    {
        IBatchedEnvironment batch = subject.Batch;
        var random = new Pcg64(subject.Settings.Seed);
        batch.Reset(subject.Settings.Seed);
        var actions = new float[batch.Count * subject.ActionSize];
        long slowest = 0;
        long whole = 0;
        long bytes = 0;
        for (int t = 0; t < subject.Settings.Steps; t++)
        {
            subject.Draw(actions, ref random);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            batch.Step(actions);
            long time = Stopwatch.GetTimestamp() - start;
            bytes += t < subject.Settings.Steps / 2 ? 0 : GC.GetAllocatedBytesForCurrentThread() - allocated;
            slowest = Math.Max(slowest, time);
            whole += time;
        }
        double perSecond = (double)subject.Settings.Steps * batch.Count / Stopwatch.GetElapsedTime(0, whole).TotalSeconds;
        TimeSpan longest = Stopwatch.GetElapsedTime(0, slowest);
        string found = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"{perSecond:#,0} steps a second; the slowest step of {batch.Count} copies took {longest.TotalMilliseconds:0.##} ms."
        );
        if (longest > subject.Settings.SlowestStep)
        {
            return Finding.Fail(
                $"{found} At most {subject.Settings.SlowestStep.TotalSeconds:0.##} s are allowed.",
                "Do what takes long when the environment is made, or raise the limit with --slowest: training waits for the slowest step."
            );
        }
        return bytes > 0 && subject.Simulations is not null
            ? Finding.Note(
                $"{found} Each step allocates {bytes / (double)(subject.Settings.Steps - subject.Settings.Steps / 2) / batch.Count:0} bytes a copy.",
                "Reuse arrays to make it faster."
            )
            : Finding.Pass(found);
    }

    public static Finding Disposal(Subject subject)
    {
        IBatchedEnvironment survivor = subject.Batch;
        survivor.Reset(subject.Settings.Seed);
        for (int i = 0; i < 2; i++)
        {
            IBatchedEnvironment batch = subject.Make(2);
            if (i == 1)
            {
                subject.Play(batch, subject.Settings.Seed, t => t < 3);
            }
            try
            {
                batch.Dispose();
                batch.Dispose();
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                return Finding.Fail(
                    $"Disposing {(i == 0 ? "what was never reset" : "it")}, or doing so again, raises {exception.GetType().Name}: {exception.Message}",
                    "Let Dispose work at any time, and do nothing the second time."
                );
            }
        }
        try
        {
            var random = new Pcg64(subject.Settings.Seed);
            survivor.Step(subject.Draw(survivor.Count, ref random));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Finding.Fail(
                $"After another batch was disposed a step raises {exception.GetType().Name}: {exception.Message}",
                "Let a copy dispose only what is its own."
            );
        }
        return Finding.Pass("It can be disposed at any time, twice, and others live on.");
    }

    // A loaded batch need not show its rewards and flags again, so the first step is compared after it was made.
    private static string? LoadedDiffers(
        Subject subject,
        IBatchedEnvironment batch,
        IBatchedEnvironment fresh,
        ulong seed,
        int steps
    )
    {
        IBatchedEnvironment twin = subject.Twin;
        twin.Reset(seed);
        var random = new Pcg64(subject.Settings.Seed + 2);
        for (int t = 0; t < steps; t++)
        {
            twin.Step(subject.Draw(twin.Count, ref random));
        }
        random = new Pcg64(subject.Settings.Seed + 3);
        for (int t = 1; t <= steps; t++)
        {
            float[] actions = subject.Draw(twin.Count, ref random);
            foreach (IBatchedEnvironment each in (IBatchedEnvironment[])[twin, batch, fresh])
            {
                each.Step(actions);
            }
            string? difference = Comparison.Difference(twin, fresh) ?? Comparison.Difference(twin, batch);
            if (difference is not null)
            {
                return $"step {t} differs, {difference}.";
            }
        }
        return null;
    }

    private static string? FaultOf(string info)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(info);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? null
                : $"is no dictionary: {info[..Math.Min(60, info.Length)]}";
        }
        catch (JsonException exception)
        {
            return $"is no JSON: {exception.Message}";
        }
    }
}
