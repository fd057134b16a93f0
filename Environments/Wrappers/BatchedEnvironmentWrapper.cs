using Environments.Rendering;
using Environments.State;
using SkiaSharp;

namespace Environments.Wrappers;

/// <summary>A batched environment that changes what another one shows or takes, and forwards the rest. Owns the inner one.</summary>
/// <remarks>
/// Derive from it, override what differs and leave the inner arrays as they are: other layers read them. Saved states nest: the inner
/// environment's lies below <c>inner</c>, the wrapper's own below <c>wrapper</c>.
/// </remarks>
public abstract class BatchedEnvironmentWrapper : IBatchedEnvironment
{
    /// <summary>A layer around <paramref name="inner"/>.</summary>
    /// <param name="inner">Wrapped environment, owned from now on: disposing the wrapper disposes it.</param>
    protected BatchedEnvironmentWrapper(IBatchedEnvironment inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        Inner = inner;
    }

    /// <summary>The environment below this layer.</summary>
    public IBatchedEnvironment Inner { get; }

    /// <inheritdoc/>
    public virtual EnvironmentSpec Spec => Inner.Spec;

    /// <inheritdoc/>
    public int Count => Inner.Count;

    /// <inheritdoc/>
    public AutoresetMode AutoresetMode => Inner.AutoresetMode;

    /// <inheritdoc/>
    public virtual ReadOnlySpan<float> Observations => Inner.Observations;

    /// <inheritdoc/>
    public virtual ReadOnlySpan<float> FinalObservations => Inner.FinalObservations;

    /// <inheritdoc/>
    public virtual ReadOnlySpan<float> Rewards => Inner.Rewards;

    /// <inheritdoc/>
    public virtual ReadOnlySpan<bool> Terminated => Inner.Terminated;

    /// <inheritdoc/>
    public virtual ReadOnlySpan<bool> Truncated => Inner.Truncated;

    /// <inheritdoc/>
    public ReadOnlySpan<int> LostEpisodes => Inner.LostEpisodes;

    /// <inheritdoc/>
    public virtual void Reset(ulong seed) => Inner.Reset(seed);

    /// <inheritdoc/>
    public virtual void Step(ReadOnlySpan<float> actions) => Inner.Step(actions);

    /// <inheritdoc/>
    /// <remarks>Refused unless overridden or all copies step: a layer that changes steps must say what it does to resting copies.</remarks>
    public virtual void StepSome(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active)
    {
        if (active.Contains(false))
        {
            throw new NotSupportedException(
                $"{GetType().Name} of {Spec.Id} cannot step some copies only. Put frame skip and no-ops at reset below it."
            );
        }
        Step(actions);
    }

    /// <inheritdoc/>
    public RenderInfo? Rendering => Inner.Rendering;

    /// <inheritdoc/>
    public void Render(int copy, SKCanvas canvas) => Inner.Render(copy, canvas);

    /// <inheritdoc/>
    public Action<int>? EpisodeEnding
    {
        get => Inner.EpisodeEnding;
        set => Inner.EpisodeEnding = value;
    }

    /// <inheritdoc/>
    public Action<string>? Warn
    {
        get => Inner.Warn;
        set => Inner.Warn = value;
    }

    /// <inheritdoc/>
    public void Interrupt() => Inner.Interrupt();

    /// <inheritdoc/>
    public void TakeMetrics(EnvironmentMetrics destination) => Inner.TakeMetrics(destination);

    /// <inheritdoc/>
    public bool CanSaveState => Inner.CanSaveState;

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        if (Inner.CanSaveState)
        {
            Inner.SaveState(state.Scope("inner"));
        }
        SaveOwnState(state.Scope("wrapper"));
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        if (FollowsActionClip && !state.Names.Any(IsOwn) && state.Scope("inner").Names.Any(IsOwn))
        {
            state = state.Scope("inner"); // the clip's own scope was empty
        }
        if (Inner.CanSaveState)
        {
            Inner.LoadState(state.Scope("inner"));
        }
        LoadOwnState(state.Scope("wrapper"));
    }

    /// <summary>Disposes the inner environment.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>
    /// Whether checkpoints of version 0.1 may hold a layer around this one that clipped actions, which policies do now. Only for layers that always
    /// save something of their own.
    /// </summary>
    internal virtual bool FollowsActionClip => false;

    private static bool IsOwn(string name) => name.StartsWith("wrapper.", StringComparison.Ordinal);

    /// <summary>Saves what this layer alone remembers between steps; nothing unless overridden.</summary>
    /// <param name="state">This layer's own scope.</param>
    protected virtual void SaveOwnState(StateDictionary state) { }

    /// <summary>Restores what <see cref="SaveOwnState"/> saved; the inner environment has been restored already.</summary>
    /// <param name="state">This layer's own scope.</param>
    protected virtual void LoadOwnState(StateDictionary state) { }

    /// <summary>Releases what this layer holds, and the inner environment.</summary>
    /// <param name="disposing">True from <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            Inner.Dispose();
        }
    }
}
