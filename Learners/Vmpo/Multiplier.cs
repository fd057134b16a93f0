using Environments.State;
using Learners.Optimizers;

namespace Learners.Vmpo;

/// <summary>A positive number that Adam learns: a temperature or a Lagrange multiplier. Kept at 1e-8 or above (Song et al. 2020, section 4).</summary>
/// <param name="initial">First value.</param>
/// <param name="learningRate">Step size.</param>
internal sealed class Multiplier(float initial, float learningRate)
{
    private const float Floor = 1e-8f;

    private readonly Adam _adam = new(1, new AdamSettings { Epsilon = 1e-8f });
    private readonly float[] _value = [initial];

    /// <summary>The number.</summary>
    public float Value => _value[0];

    /// <summary>One step against a gradient.</summary>
    public void Descend(double gradient)
    {
        _adam.Update(_value, [(float)gradient], learningRate);
        _value[0] = MathF.Max(_value[0], Floor);
    }

    /// <summary>Saves the number and its optimiser.</summary>
    public void SaveState(StateDictionary state)
    {
        state.Set<float>("value", _value);
        _adam.SaveState(state);
    }

    /// <summary>Continues from a saved state.</summary>
    public void LoadState(StateDictionary state)
    {
        _value[0] = state.Get("value", Floor, float.MaxValue);
        _adam.LoadState(state);
    }
}
