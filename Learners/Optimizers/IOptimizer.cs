using Environments.State;

namespace Learners.Optimizers;

/// <summary>Moves a flat parameter buffer along a gradient. Owns its moments.</summary>
internal interface IOptimizer
{
    /// <summary>Takes one step.</summary>
    /// <param name="parameters">Changed in place.</param>
    /// <param name="gradient">Gradient of the loss to lower, as long as the parameters.</param>
    /// <param name="learningRate">Step size.</param>
    void Update(Span<float> parameters, ReadOnlySpan<float> gradient, float learningRate);

    /// <summary>Saves moments and counters.</summary>
    void SaveState(StateDictionary state);

    /// <summary>Continues from saved ones, bit for bit.</summary>
    /// <exception cref="InvalidDataException">They are of another optimiser or size.</exception>
    void LoadState(StateDictionary state);
}
