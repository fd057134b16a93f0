namespace Learners.ActorCritic;

/// <summary>How a setting changes over the run's environment steps.</summary>
public enum ScheduleKind
{
    /// <summary>Stays as it is.</summary>
    Constant,

    /// <summary>Falls linearly to 0 at the run's last step.</summary>
    Linear,
}
