namespace Learners.ActorCritic;

/// <summary>Values of scheduled settings, and the table of schedules: one line each.</summary>
internal static class Schedules
{
    /// <summary>Name of the schedule that changes nothing.</summary>
    public const string ConstantName = "constant";

    /// <summary>Name of the schedule to 0.</summary>
    public const string LinearName = "linear";

    private static volatile Schedule[] _all = [new ConstantSchedule(), new LinearSchedule()];

    /// <summary>All schedules, the framework's first.</summary>
    public static IReadOnlyList<Schedule> All => _all;

    /// <summary>Names of all schedules.</summary>
    public static IReadOnlyCollection<string> Names => [.. _all.Select(schedule => schedule.Name)];

    /// <summary>The schedule of a name; null where there is none. Allocates nothing: settings are asked for before each update.</summary>
    public static Schedule? Find(string name)
    {
        foreach (Schedule schedule in _all)
        {
            if (schedule.Name == name)
            {
                return schedule;
            }
        }
        return null;
    }

    /// <summary>Takes a schedule in, in the place of one of its name.</summary>
    public static void Put(Schedule schedule) => _all = [.. _all.Where(other => other.Name != schedule.Name), schedule];

    /// <summary>The setting's value at a share of the run's steps.</summary>
    /// <param name="initial">Value at the start.</param>
    /// <param name="kind">How it changes.</param>
    /// <param name="progress">0 at the start, 1 at the end.</param>
    /// <exception cref="InvalidOperationException">The schedule gave a number that is not finite.</exception>
    public static float At(float initial, ScheduleKind kind, double progress)
    {
        Schedule schedule = Find(kind.Name) ?? throw new InvalidOperationException($"There is no schedule '{kind.Name}'.");
        double factor = schedule.At(Math.Clamp(progress, 0, 1));
        return double.IsFinite(factor)
            ? (float)(initial * factor)
            : throw new InvalidOperationException(
                $"The schedule {kind.Name} gives {factor} at {progress:P1} of the run. Let At give a finite number."
            );
    }

    private sealed class ConstantSchedule : Schedule
    {
        public override string Name => ConstantName;

        public override string Description => "stays as it is";

        public override double At(double progress) => 1;
    }

    private sealed class LinearSchedule : Schedule
    {
        public override string Name => LinearName;

        public override string Description => "falls linearly to 0 at the run's last step";

        public override double At(double progress) => 1 - progress;
    }
}
