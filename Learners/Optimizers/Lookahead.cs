using Environments.State;

namespace Learners.Optimizers;

/// <summary>
/// Slow weights around an optimiser (Zhang et al. 2019, algorithm 1): every k steps φ ← φ + α (θ − φ), and the optimiser goes on from θ = φ. Its
/// moments and counters stay as they are. Owns the optimiser and φ.
/// </summary>
/// <remarks>Slow weights vary less than those of the optimiser, so they are what is evaluated and saved; actors act with the optimiser's.</remarks>
internal sealed class Lookahead : IOptimizer
{
    private readonly IOptimizer _inner;
    private readonly LookaheadSettings _settings;
    private readonly float[] _slow;
    private int _steps; // since φ moved

    /// <summary>A wrapper before the first step.</summary>
    /// <param name="inner">The optimiser; owned from here on.</param>
    /// <param name="settings">How often and how far the slow weights move.</param>
    /// <param name="parameters">The first parameters, where the slow weights begin.</param>
    public Lookahead(IOptimizer inner, LookaheadSettings settings, ReadOnlySpan<float> parameters)
    {
        (_inner, _settings, _slow) = (inner, settings, parameters.ToArray());
    }

    /// <inheritdoc/>
    public ICurvature? Curvature => _inner.Curvature;

    /// <inheritdoc/>
    public void Update(Span<float> parameters, ReadOnlySpan<float> gradient, float learningRate)
    {
        FlatBuffers.RequireSize(_slow.Length, parameters, gradient);
        _inner.Update(parameters, gradient, learningRate);
        if (++_steps < _settings.Steps)
        {
            return;
        }
        _steps = 0;
        // At α = 1 the slow weights are the optimiser's, bit for bit, which φ + (θ − φ) would not be.
        if (_settings.StepSize < 1)
        {
            for (int i = 0; i < _slow.Length; i++)
            {
                _slow[i] += _settings.StepSize * (parameters[i] - _slow[i]);
            }
            _slow.CopyTo(parameters);
        }
        else
        {
            parameters.CopyTo(_slow);
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Evaluated(ReadOnlySpan<float> parameters) => _slow;

    /// <inheritdoc/>
    public IEnumerable<float[]> Copies => _inner.Copies.Append(_slow);

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        state.Set<float>("slow", _slow);
        state.Set("steps", _steps);
        _inner.SaveState(state.Scope("inner"));
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        state.ReadFinite<float>("slow", _slow);
        _steps = state.Get("steps", 0, _settings.Steps - 1);
        _inner.LoadState(state.Scope("inner"));
    }
}
