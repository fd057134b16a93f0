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

    /// <summary>What gathers curvature during the backward pass and then bounds the step itself; null for first-order optimisers. Wrappers give that of the optimiser in them.</summary>
    ICurvature? Curvature => null;

    /// <summary>The parameters to evaluate and to save as a policy; valid until the next step.</summary>
    /// <param name="parameters">Those that <see cref="Update"/> moved last.</param>
    ReadOnlySpan<float> Evaluated(ReadOnlySpan<float> parameters) => parameters;

    /// <summary>Further copies of all parameters that it holds, which whoever changes parameters outside of <see cref="Update"/> must change alike.</summary>
    IEnumerable<float[]> Copies => [];

    /// <summary>Saves moments and counters.</summary>
    void SaveState(StateDictionary state);

    /// <summary>Continues from saved ones, bit for bit.</summary>
    /// <exception cref="InvalidDataException">They are of another optimiser or size.</exception>
    void LoadState(StateDictionary state);
}
