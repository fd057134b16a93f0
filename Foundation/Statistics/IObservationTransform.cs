namespace Protos;

/// <summary>What becomes of raw observations before a network encodes them.</summary>
internal interface IObservationTransform
{
    /// <summary>Whether inputs and observations are the same numbers.</summary>
    bool IsIdentity { get; }

    /// <summary>Makes a network's inputs of raw observations.</summary>
    /// <param name="observations">Whole rows, <c>[B, ObservationSize]</c>.</param>
    /// <param name="inputs">Destination of as many floats; may be <paramref name="observations"/> itself.</param>
    void Apply(ReadOnlySpan<float> observations, Span<float> inputs);
}
