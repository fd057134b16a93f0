using System.Diagnostics;
using Agents.Distributions;
using Environments.Randomness;
using Environments.State;

namespace Learners.Optimizers.Kfac;

/// <summary>Draws what the Fisher matrix is an expectation over: actions of the policy, values of a Gaussian around the critic's.</summary>
/// <remarks>
/// Fisher = E[∇log p(a, v|s) ∇log p(a, v|s)ᵀ] with a and v from the model itself (Martens 2020, section 5); with the training loss in
/// place of log p it would be another matrix. Engines ask block by block, and show products to <see cref="Kfac.Show"/>.
/// </remarks>
/// <param name="criticFisherScale">1 / σ² of the critic's Gaussian.</param>
/// <param name="share">Share of blocks that are wanted.</param>
/// <param name="random">Stream of draws.</param>
internal sealed class FisherSampler(double criticFisherScale, double share, Pcg64 random)
{
    private readonly float _deviation = (float)Math.Sqrt(criticFisherScale);
    private Pcg64 _random = random;
    private double _place;
    private bool _all;
    private long _began;

    /// <summary>1 / σ² of the critic's Gaussian.</summary>
    public double CriticFisherScale => criticFisherScale;

    /// <summary>Stopwatch ticks spent between <see cref="Begin"/> and <see cref="End"/> in this update.</summary>
    public long Ticks { get; private set; }

    /// <summary>Starts an update.</summary>
    /// <param name="all">Whether every block is wanted, whatever the share.</param>
    public void BeginUpdate(bool all)
    {
        _all = all;
        _place = _random.NextDouble(); // systematic sampling: every block is as likely as any other
        Ticks = 0;
    }

    /// <summary>Whether the next block of rows is wanted; if so, its time starts.</summary>
    public bool Begin()
    {
        _place += share;
        bool wanted = _place >= 1 || _all;
        _place -= Math.Floor(_place);
        _began = Stopwatch.GetTimestamp();
        return wanted;
    }

    /// <summary>Draws for rows.</summary>
    /// <param name="distribution">Family of the actions.</param>
    /// <param name="parameters"><c>[rows, P]</c>.</param>
    /// <param name="actions">Destination, <c>[rows, ActionSize]</c>.</param>
    /// <param name="valueGradients">Destination, <c>[rows]</c>: ∂ log p(v|s) / ∂V = (v − V) / σ² of a drawn v.</param>
    public void Draw(
        ActionDistribution distribution,
        ReadOnlySpan<float> parameters,
        Span<float> actions,
        Span<float> valueGradients
    )
    {
        int size = distribution.ParameterSize;
        int actionSize = distribution.ActionSize;
        for (int row = 0; row < valueGradients.Length; row++)
        {
            distribution.Sample(parameters.Slice(row * size, size), ref _random, actions.Slice(row * actionSize, actionSize));
            valueGradients[row] = _deviation * (float)_random.NextGaussian();
        }
    }

    /// <summary>Draws ∂ log p(y) / ∂μ of numbers with deviation 1 around what a head says.</summary>
    public void DrawGaussian(Span<float> gradients)
    {
        foreach (ref float gradient in gradients)
        {
            gradient = (float)_random.NextGaussian();
        }
    }

    /// <summary>Ends the time of a block.</summary>
    public void End() => Ticks += Stopwatch.GetTimestamp() - _began;

    /// <summary>Saves the stream.</summary>
    public void SaveState(StateDictionary state) => state.Set("random", _random);

    /// <summary>Continues a saved stream.</summary>
    public void LoadState(StateDictionary state) => _random = state.Get<Pcg64>("random");
}
