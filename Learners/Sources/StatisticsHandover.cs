using Agents.Yaml;
using Environments.Wrappers;

namespace Learners.Sources;

/// <summary>Statistics of observations go along with parameters that were learned by them.</summary>
internal static class StatisticsHandover
{
    /// <summary>Refuses two sources that do not normalise the same numbers of observations.</summary>
    /// <exception cref="SettingsException">They differ.</exception>
    public static void RequireAlike(IUnrollSource one, IUnrollSource other)
    {
        if (one.RunningObservations?.Size != other.RunningObservations?.Size)
        {
            throw new SettingsException(
                $"One of the sessions normalises {Numbers(one)} of an observation and the other one {Numbers(other)}, so that parameters would read them wrongly. Set wrappers.normalize_observations alike, in environments with the same observations."
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

    private static string Numbers(IUnrollSource source) =>
        source.RunningObservations is { } statistics ? $"{statistics.Size} numbers" : "nothing";
}
