using Environments.Spaces;
using TensorPrimitives = System.Numerics.Tensors.TensorPrimitives;

namespace Agents.Distributions;

/// <summary>From what a policy draws to an action of its space: the one place where that happens, in training as in a product.</summary>
/// <remarks>
/// A Gaussian has no bounds, and a network's outputs are near 0 at first. So draws for a <see cref="Box"/> may be scaled, ±1 to the bounds of each
/// bounded component, and are clipped to them; elements that are bytes are rounded to whole ones. Learning is about the draw, whose
/// log-probability it is. Any other space draws its members. Immutable. NaN is passed on, so that the environment reports it.
/// </remarks>
internal sealed class ActionMapping
{
    // Boxes that the standard normal of a fresh policy explores as they are.
    private const float NarrowestHalfRange = 0.25f;
    private const float WidestHalfRange = 4;

    // Where such numbers are bounds, they stand for none.
    private const float LargestHalfRange = 1e9f;

    private readonly Box? _box;
    private readonly float[]? _scales; // null where draws are taken as they are
    private readonly float[]? _centres;

    /// <summary>The mapping into a space.</summary>
    /// <param name="space">Actions.</param>
    /// <param name="scales">Whether draws are scaled to the bounds of a box.</param>
    public ActionMapping(Space space, bool scales)
    {
        _box = space as Box;
        if (!scales || _box is null)
        {
            return;
        }
        _scales = new float[_box.Size];
        _centres = new float[_box.Size];
        for (int i = 0; i < _scales.Length; i++)
        {
            (float centre, float halfRange) = Middle(_box, i);
            (_centres[i], _scales[i]) = IsBounded(halfRange) ? (centre, halfRange) : (0, 1);
        }
    }

    /// <summary>What a draw is multiplied with, component by component; null where draws are taken as they are.</summary>
    public IReadOnlyList<float>? Scales => _scales;

    /// <summary>What is added then; null where draws are taken as they are.</summary>
    public IReadOnlyList<float>? Centres => _centres;

    /// <summary>
    /// Whether draws are scaled where nobody said: in boxes with a bounded component that has 0 outside, or whose half range is below 0.25 or
    /// above 4, so that a draw around 0 with deviation 1 would miss most of it, or seldom be within it.
    /// </summary>
    public static bool ScalesByDefault(Space space)
    {
        if (space is not Box box)
        {
            return false;
        }
        for (int i = 0; i < box.Size; i++)
        {
            (_, float halfRange) = Middle(box, i);
            if (
                IsBounded(halfRange)
                && (halfRange is < NarrowestHalfRange or > WidestHalfRange || !(box.Low[i] <= 0 && box.High[i] >= 0))
            )
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Maps rows.</summary>
    /// <param name="samples">What was drawn, <c>[B, ActionSize]</c>.</param>
    /// <param name="actions">Destination, <c>[B, ActionSize]</c>: members of the space.</param>
    public void Apply(ReadOnlySpan<float> samples, Span<float> actions)
    {
        if (_box is null)
        {
            samples.CopyTo(actions);
            return;
        }
        for (int i = 0; i < samples.Length; i += _box.Size)
        {
            ReadOnlySpan<float> sample = samples.Slice(i, _box.Size);
            Span<float> action = actions.Slice(i, _box.Size);
            if (_scales is not null)
            {
                TensorPrimitives.MultiplyAdd(sample, _scales, _centres, action);
                sample = action;
            }
            TensorPrimitives.Max(sample, _box.Low, action);
            TensorPrimitives.Min(action, _box.High, action);
            if (_box.ElementType == ElementType.UInt8)
            {
                TensorPrimitives.Round(action, action);
            }
        }
    }

    private static (float Centre, float HalfRange) Middle(Box box, int element) =>
        (box.Low[element] / 2 + box.High[element] / 2, box.High[element] / 2 - box.Low[element] / 2);

    // A component of one value has nothing to scale to.
    private static bool IsBounded(float halfRange) => halfRange is > 0 and < LargestHalfRange;
}
