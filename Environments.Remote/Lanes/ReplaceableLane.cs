using Protos.Bridge;

namespace Environments.Remote;

/// <summary>The way to Python, opened again when it is lost, unless that happens too often. Owns the lane.</summary>
internal sealed class ReplaceableLane : IDisposable
{
    /// <summary>Steps in a row without a loss after which the losses before are forgiven.</summary>
    public const int GoodStepsPerRestart = 1_000;

    private readonly string _id;
    private readonly Opening _open;
    private readonly int _maxRestarts;
    private readonly CancellationTokenSource _interruption = new(); // without a timer, so there is nothing to dispose of
    private int _recentRestarts;
    private int _goodSteps; // since the latest loss

    /// <summary>Opens a lane over given arrays, or new ones.</summary>
    /// <param name="results">Arrays to use again; null for new ones.</param>
    /// <param name="again">Whether it replaces a lost one.</param>
    /// <param name="interruption">Ends waiting for answers.</param>
    public delegate IBatchLane Opening(StepResults? results, bool again, CancellationToken interruption);

    /// <summary>Opens the first lane.</summary>
    /// <param name="id">Environment, for messages.</param>
    /// <param name="open">Opens a lane.</param>
    /// <param name="maxRestarts">Lanes that may be replaced, each less than <see cref="GoodStepsPerRestart"/> steps after the one before.</param>
    public ReplaceableLane(string id, Opening open, int maxRestarts)
    {
        _id = id;
        _open = open;
        _maxRestarts = maxRestarts;
        Current = open(null, false, _interruption.Token);
    }

    /// <summary>The lane of now; the results of each are those of the first.</summary>
    public IBatchLane Current { get; private set; }

    /// <summary>Lanes that were lost and replaced.</summary>
    public int Restarts { get; private set; }

    /// <summary>Why the latest lane was replaced; null where none was.</summary>
    public string? LastLoss { get; private set; }

    /// <summary>Called for every lane that is replaced.</summary>
    public Action<string>? Warn { get; set; }

    /// <summary>Ends waiting for answers, for good.</summary>
    public void Interrupt() => _interruption.Cancel();

    /// <summary>Resets all copies, by another lane where this one is lost.</summary>
    /// <exception cref="EnvironmentFaultException">It was lost too often.</exception>
    public void Reset(ulong seed)
    {
        while (true)
        {
            try
            {
                Current.Reset(seed);
                return;
            }
            catch (BridgeLostException lost)
            {
                Replace(lost);
            }
        }
    }

    /// <summary>Notes a step that was answered.</summary>
    public void NoteGoodStep()
    {
        if (_recentRestarts > 0 && ++_goodSteps >= GoodStepsPerRestart)
        {
            _recentRestarts = 0;
        }
    }

    /// <summary>Opens a lane in the place of a lost one; it has yet to be reset.</summary>
    /// <param name="lost">How it was lost.</param>
    /// <exception cref="EnvironmentFaultException">It was lost too often.</exception>
    /// <exception cref="OperationCanceledException">Waiting was interrupted.</exception>
    public void Replace(BridgeLostException lost)
    {
        StepResults results = Current.Results;
        while (true)
        {
            LastLoss = lost.Message;
            Current.Dispose();
            _interruption.Token.ThrowIfCancellationRequested();
            if (_recentRestarts >= _maxRestarts)
            {
                throw new EnvironmentFaultException(
                    $"{_id} was lost {_recentRestarts + 1} times, each time less than {GoodStepsPerRestart} steps after the time before: {LastLoss}."
                );
            }
            _recentRestarts++;
            _goodSteps = 0;
            Restarts++;
            Warn?.Invoke(
                $"{_id} was lost ({LastLoss}) and is replaced, replacement {Restarts}. Its unfinished episodes are cut off and count as no score."
            );
            try
            {
                Current = _open(results, true, _interruption.Token);
                return;
            }
            catch (BridgeLostException again)
            {
                lost = again;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Current.Dispose();
}
