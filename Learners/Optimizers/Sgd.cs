using System.Numerics.Tensors;
using Environments.State;

namespace Learners.Optimizers;

/// <summary>Stochastic gradient descent with momentum (Polyak 1964, in PyTorch's form): v ← μ v + g, θ ← θ − α v.</summary>
/// <param name="size">Parameters.</param>
/// <param name="options">Momentum.</param>
internal sealed class Sgd(int size, SgdSettings options) : IOptimizer
{
    private readonly float[] _velocity = new float[size];

    /// <inheritdoc/>
    public void Update(Span<float> parameters, ReadOnlySpan<float> gradient, float learningRate)
    {
        FlatBuffers.RequireSize(size, parameters, gradient);
        TensorPrimitives.MultiplyAdd(_velocity, (float)options.Momentum, gradient, _velocity);
        TensorPrimitives.MultiplyAdd(_velocity, -learningRate, parameters, parameters);
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state) => state.Set<float>("sgd_velocity", _velocity);

    /// <inheritdoc/>
    public void LoadState(StateDictionary state) => state.Read<float>("sgd_velocity", _velocity);
}
