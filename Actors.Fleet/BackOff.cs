using Environments.Randomness;

namespace Actors.Fleet;

/// <summary>Waiting times between attempts: they double from 0.1 s to 5 s, each drawn between half and all of it, so that a fleet does not return in one step.</summary>
internal sealed class BackOff(ulong seed)
{
    private const double First = 0.1;
    private const double Longest = 5;

    private Pcg64 _random = new(seed);
    private double _next = First;

    /// <summary>The next waiting time.</summary>
    public TimeSpan Next()
    {
        double wait = _next * _random.NextUniform(0.5, 1);
        _next = Math.Min(2 * _next, Longest);
        return TimeSpan.FromSeconds(wait);
    }

    /// <summary>An attempt succeeded.</summary>
    public void Reset() => _next = First;
}
