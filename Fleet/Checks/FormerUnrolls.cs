using System.Numerics.Tensors;
using Environments.Spaces;
using Environments.Wrappers;
using Protos;

namespace Fleet.Checks;

/// <summary>What the unrolls of a run were in version 1 of the protocol, as its journals still hold them: observations as the network read them.</summary>
/// <param name="Shape">Sizes; copies aside. Scaled or normalised observations are whole ones of floats.</param>
/// <param name="Observations">Space of the observations.</param>
/// <param name="Normalized">Space of what the actors' statistics took in, of which unrolls carried the moments; null where they kept none.</param>
internal sealed record FormerUnrolls(UnrollShape Shape, Space Observations, Space? Normalized)
{
    /// <summary>Those of a run; null where version 1 could not have it.</summary>
    /// <param name="shape">Shape of its raw unrolls.</param>
    /// <param name="observations">Space of its raw observations.</param>
    /// <param name="wrappers">Whether observations are scaled and normalised.</param>
    public static FormerUnrolls? Of(UnrollShape shape, Space observations, WrapperSettings wrappers)
    {
        if (wrappers is { ObservationScale: 1, NormalizeObservations: false })
        {
            return new FormerUnrolls(shape, observations, null);
        }
        if (observations is not Box box)
        {
            return null; // it normalised boxes alone
        }
        Box scaled = Scaled(box, wrappers.ObservationScale);
        return new FormerUnrolls(
            shape with
            {
                Observations = new ObservationFormat(box.Size),
            },
            wrappers.NormalizeObservations ? new Box(-RunningStatistics.Clip, RunningStatistics.Clip, box.Shape) : scaled,
            wrappers.NormalizeObservations ? scaled : null
        );
    }

    private static Box Scaled(Box box, float factor)
    {
        var low = new float[box.Size];
        var high = new float[box.Size];
        TensorPrimitives.Multiply(box.Low, factor, low);
        TensorPrimitives.Multiply(box.High, factor, high);
        return new Box(low, high, box.Shape);
    }
}
