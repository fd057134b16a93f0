namespace Agents.Networks.Cores.Transformers;

/// <summary>Parameters of a gate g(x, y).</summary>
/// <param name="SkipMatrices">Matrices that read x.</param>
/// <param name="OutputMatrices">Matrices that read y.</param>
/// <param name="HasBias">Whether there is a learned b.</param>
/// <param name="HasCandidate">Whether there is the matrix of a GRU's candidate.</param>
internal readonly record struct GateShape(int SkipMatrices, int OutputMatrices, bool HasBias, bool HasCandidate = false)
{
    /// <summary>The parameters of a kind.</summary>
    public static GateShape Of(GateKind kind) =>
        kind switch
        {
            GateKind.Input => new(1, 0, false),
            GateKind.Output or GateKind.Highway => new(1, 0, true),
            GateKind.SigTanh => new(0, 2, true),
            GateKind.Gru => new(2, 3, true, HasCandidate: true),
            GateKind.Residual => default,
        };
}
