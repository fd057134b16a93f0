namespace Learners.Optimizers.Kfac;

/// <summary>Renews the eigenbases of all factors, on the caller's thread or beside it.</summary>
/// <remarks>A decomposition that fails leaves the bases of before in place.</remarks>
internal sealed class BasisRenewal
{
    private readonly RunningFactor<float>[] _factors;
    private readonly bool _asynchronous;
    private Task<bool>? _running;

    /// <summary>A renewal that has not happened yet.</summary>
    /// <param name="layers">Layers whose factors are decomposed.</param>
    /// <param name="asynchronous">Whether another thread does it.</param>
    public BasisRenewal(IEnumerable<KfacLayer> layers, bool asynchronous)
    {
        _factors = [.. layers.SelectMany(layer => layer.Factors).Distinct()];
        _asynchronous = asynchronous;
    }

    /// <summary>Renewals that succeeded.</summary>
    public long Count { get; private set; }

    /// <summary>Renewals that failed.</summary>
    public long Failures { get; private set; }

    /// <summary>Starts from the current averages, unless one is under way. The first one is always on the caller's thread.</summary>
    public void Begin()
    {
        if (_running is not null)
        {
            return;
        }
        foreach (RunningFactor<float> factor in _factors)
        {
            factor.Snapshot();
        }
        _running = _asynchronous && Count > 0 ? Task.Run(Decompose) : Task.FromResult(Decompose());
    }

    /// <summary>Takes over bases that are ready.</summary>
    public void TakeOver()
    {
        if (_running is { IsCompleted: true })
        {
            Finish();
        }
    }

    /// <summary>Waits for what is under way, and takes it over.</summary>
    public void Finish()
    {
        if (_running is null)
        {
            return;
        }
        bool done = _running.GetAwaiter().GetResult();
        _running = null;
        if (!done)
        {
            Failures++;
            return;
        }
        Count++;
        foreach (RunningFactor<float> factor in _factors)
        {
            factor.Publish();
        }
    }

    /// <summary>Goes on after as many renewals, with bases that were loaded.</summary>
    public void Continue(long count) => (_running, Count) = (null, count);

    private bool Decompose() => Array.TrueForAll(_factors, factor => factor.TryDecompose());
}
