namespace Studies.Claims;

/// <summary>How the seeds of an arm become one number.</summary>
internal enum Statistic
{
    /// <summary>The middle one; known even where fewer than half of the runs are censored.</summary>
    Median,

    /// <summary>The average.</summary>
    Mean,

    /// <summary>The average of the middle half (Agarwal et al. 2021, "Deep RL at the edge of the statistical precipice").</summary>
    InterquartileMean,
}
