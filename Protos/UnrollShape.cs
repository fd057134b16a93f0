namespace Protos;

/// <summary>Sizes that decide how much memory an unroll needs.</summary>
/// <param name="Steps">T.</param>
/// <param name="Copies">B.</param>
/// <param name="Observations">How observations are kept.</param>
/// <param name="ActionSize">Floats in one action.</param>
/// <param name="CoreStateSize">Floats of core state per copy.</param>
public readonly record struct UnrollShape(
    int Steps,
    int Copies,
    ObservationFormat Observations,
    int ActionSize,
    int CoreStateSize
);
