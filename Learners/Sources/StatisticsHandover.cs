using Agents.Yaml;
using Environments.Wrappers;

namespace Learners.Sources;

/// <summary>Statistics of observations go along with parameters that were learned by them.</summary>
internal static class StatisticsHandover
{
    /// <summary>Refuses two sources of which only one normalises observations.</summary>
    /// <exception cref="SettingsException">They differ.</exception>
    public static void RequireAlike(IUnrollSource one, IUnrollSource other)
    {
        if ((one.RunningObservations is null) != (other.RunningObservations is null))
        {
            throw new SettingsException(
                "One of the sessions normalises observations and the other one does not, so that its parameters would read them wrongly. Set wrappers.normalize_observations alike."
            );
        }
    }

    /// <summary>Lets a source go on from the statistics of another one, where observations are normalised.</summary>
    /// <param name="from">Stays as it is.</param>
    /// <param name="to">Goes on from its next publication.</param>
    public static void Hand(IUnrollSource from, IUnrollSource to)
    {
        if (from.RunningObservations is { } statistics)
        {
            to.TakeStatistics(statistics, statistics.Count - RunningStatistics.InitialCount);
        }
    }
}
