namespace Learners.Optimizers.Kfac;

/// <summary>Renews the eigenbases of factors that have moved, on the caller's thread or beside it.</summary>
/// <remarks>A decomposition that fails leaves the factor's basis of before in place.</remarks>
internal sealed class BasisRenewal
{
    // What may remain beside the diagonal of a refined basis; beyond it a factor is decomposed.
    private const double RefinementTolerance = 0.1;

    private readonly RunningFactor<float>[] _factors;
    private readonly bool[] _done;
    private readonly List<int> _chosen = [];
    private readonly KfacSettings _options;
    private Task? _running;

    /// <summary>A renewal that has not happened yet.</summary>
    /// <param name="layers">Layers whose factors are decomposed.</param>
    /// <param name="options">How far a factor may move, and which thread decomposes.</param>
    public BasisRenewal(IEnumerable<KfacLayer> layers, KfacSettings options)
    {
        _factors = [.. layers.SelectMany(layer => layer.Factors).Distinct()];
        _done = new bool[_factors.Length];
        _options = options;
    }

    /// <summary>Times that bases were taken over.</summary>
    public long Count { get; private set; }

    /// <summary>Decompositions that failed.</summary>
    public long Failures { get; private set; }

    /// <summary>Starts from the current averages, unless one is under way. The first one is always on the caller's thread.</summary>
    public void Begin()
    {
        if (_running is not null)
        {
            return;
        }
        _chosen.Clear();
        for (int i = 0; i < _factors.Length; i++)
        {
            if (Count == 0 || _factors[i].Drift > _options.DecompositionTolerance)
            {
                _factors[i].Snapshot();
                _chosen.Add(i);
            }
        }
        if (_chosen.Count == 0)
        {
            return;
        }
        if (_options.Asynchronous && Count > 0)
        {
            _running = Task.Run(Decompose);
            return;
        }
        Decompose();
        _running = Task.CompletedTask;
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
        _running.GetAwaiter().GetResult();
        _running = null;
        int failed = 0;
        foreach (int i in _chosen)
        {
            if (_done[i])
            {
                _factors[i].Publish();
            }
            else
            {
                failed++;
            }
        }
        Failures += failed;
        Count += Count == 0 && failed > 0 ? 0 : 1; // the first time every factor needs a basis
    }

    /// <summary>Goes on after as many renewals, with bases that were loaded.</summary>
    public void Continue(long count) => (_running, Count) = (null, count);

    private void Decompose()
    {
        foreach (int i in _chosen)
        {
            _done[i] = Count == 0 ? _factors[i].TryDecompose() : _factors[i].TryRefine(RefinementTolerance);
        }
    }
}
