using System.Numerics.Tensors;
using Agents.Programs;
using Environments.State;

namespace Learners.Optimizers.Kfac;

/// <summary>The diagonal of the Fisher matrix of parameters that no rows are multiplied with: gains and offsets of normalisations, biases of gates.</summary>
/// <remarks>
/// The gradient of a block's summed log-likelihood is a sum of independent terms of mean 0, so its square over the block's rows estimates the diagonal
/// without bias (as the "naive diagonal" block of kfac-jax does, Botev and Martens 2022).
/// </remarks>
/// <param name="slots">The parameters.</param>
internal sealed class DiagonalFisher(IReadOnlyList<ParameterSlot> slots)
{
    private readonly float[][] _means = [.. slots.Select(slot => new float[slot.Size])];
    private readonly float[][] _squares = [.. slots.Select(slot => new float[slot.Size])];
    private readonly float[] _scratch = new float[slots.Select(slot => slot.Size).DefaultIfEmpty().Max()];
    private long _rows;

    /// <summary>The parameters.</summary>
    public IReadOnlyList<ParameterSlot> Slots => slots;

    /// <summary>Whether what was added since the last fold is finite.</summary>
    public bool IsFinite => Array.TrueForAll(_squares, squares => TensorPrimitives.IsFiniteAll<float>(squares));

    /// <summary>Counts the rows of a block whose gradients are about to be added.</summary>
    public void Begin(int rows) => _rows += rows;

    /// <summary>Adds the gradient of a block's summed log-likelihood.</summary>
    /// <param name="index">Which of the parameters.</param>
    /// <param name="gradient">Its gradient.</param>
    public void Add(int index, ReadOnlySpan<float> gradient) =>
        TensorPrimitives.MultiplyAdd(gradient, gradient, _squares[index], _squares[index]);

    /// <summary>The running average of a parameter's diagonal.</summary>
    public ReadOnlySpan<float> Mean(int index) => _means[index];

    /// <summary>Moves the averages towards the blocks since the last fold.</summary>
    public void Fold(double share)
    {
        for (int i = 0; i < _means.Length; i++)
        {
            Matrices.Fold<float>(_squares[i], _means[i], (float)(1 - share), (float)(share / Math.Max(1, _rows)));
        }
        Drop();
    }

    /// <summary>Forgets the blocks since the last fold.</summary>
    public void Drop()
    {
        foreach (float[] squares in _squares)
        {
            Array.Clear(squares);
        }
        _rows = 0;
    }

    /// <summary>Writes the gradient divided by diagonal and damping.</summary>
    public void Solve(ReadOnlySpan<float> gradient, Span<float> direction, double damping)
    {
        for (int i = 0; i < _means.Length; i++)
        {
            Span<float> divisor = _scratch.AsSpan(0, _means[i].Length);
            TensorPrimitives.Add(_means[i], (float)damping, divisor);
            TensorPrimitives.Divide(slots[i].In(gradient), divisor, slots[i].In(direction));
        }
    }

    /// <summary>Saves the averages.</summary>
    public void SaveState(StateDictionary state)
    {
        for (int i = 0; i < _means.Length; i++)
        {
            state.Set<float>(slots[i].Name, _means[i]);
        }
    }

    /// <summary>Continues from saved ones.</summary>
    public void LoadState(StateDictionary state)
    {
        for (int i = 0; i < _means.Length; i++)
        {
            state.ReadFinite<float>(slots[i].Name, _means[i]);
        }
    }
}
