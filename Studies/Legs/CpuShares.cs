using System.Diagnostics;

namespace Studies.Legs;

/// <summary>Shares the processor time of this process evenly among the legs that train in it at the time. Not thread-safe.</summary>
internal sealed class CpuShares
{
    private readonly Dictionary<int, double> _shares = [];
    private double _counted = Now();

    private static double Now()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>A leg begins.</summary>
    public void Begin(int leg)
    {
        Count();
        _shares[leg] = 0;
    }

    /// <summary>A leg ended.</summary>
    /// <returns>Its processor seconds.</returns>
    public double End(int leg)
    {
        Count();
        _shares.Remove(leg, out double share);
        return share;
    }

    private void Count()
    {
        double now = Now();
        foreach (int leg in _shares.Keys)
        {
            _shares[leg] += (now - _counted) / _shares.Count;
        }
        _counted = now;
    }
}
