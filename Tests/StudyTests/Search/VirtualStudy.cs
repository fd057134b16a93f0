using Studies.Trials;

namespace Tests.StudyTests.Search;

/// <summary>Plays a study without training: a function scores legs, and workers take virtual time for their steps.</summary>
internal static class VirtualStudy
{
    /// <summary>Runs until nothing is left.</summary>
    /// <param name="controller">Decides.</param>
    /// <param name="train">The result of a leg, from the leg and the state.</param>
    /// <param name="workers">Legs at a time.</param>
    /// <param name="duration">Time of a leg; null for its steps.</param>
    /// <param name="until">Time at which nothing more ends; null for never.</param>
    public static StudyState Run(
        IStudyController controller,
        Func<Leg, StudyState, LegResult> train,
        int workers = 1,
        Func<Leg, StudyState, double>? duration = null,
        double? until = null
    )
    {
        var state = new StudyState();
        duration ??= (leg, now) => leg.ToSteps - StepsBefore(leg, now);
        var running = new PriorityQueue<(Leg Leg, LegResult Result), (double, int)>();
        double time = 0;
        int busy = 0;
        while (true)
        {
            while (busy < workers && controller.Next(state) is { } leg)
            {
                state.Begin(leg);
                running.Enqueue((leg, train(leg, state)), (time + duration(leg, state), leg.Number));
                busy++;
            }
            if (!running.TryDequeue(out (Leg Leg, LegResult Result) ended, out (double Time, int) at) || at.Time > until)
            {
                return state;
            }
            (time, busy) = (at.Time, busy - 1);
            state.End(ended.Leg.Number, ended.Result);
        }
    }

    /// <summary>Runs with scores alone.</summary>
    public static StudyState Run(IStudyController controller, Func<Leg, double> score, int workers = 1) =>
        Run(controller, (leg, _) => new LegResult { Score = score(leg), Steps = leg.ToSteps }, workers);

    /// <summary>Steps of a leg's trial before it.</summary>
    public static long StepsBefore(Leg leg, StudyState state) =>
        leg.Continues is { } before ? state.Legs[before].Result!.Steps : 0;
}
