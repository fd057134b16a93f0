using System.Runtime.Intrinsics;

namespace Agents.Kernels;

/// <summary>A function of two numbers, for registers of each width.</summary>
internal interface IBinaryFunction
{
    /// <summary>f(a, b).</summary>
    static abstract float Of(float a, float b);

    /// <inheritdoc cref="Of(float, float)"/>
    static abstract Vector256<float> Of(Vector256<float> a, Vector256<float> b);

    /// <inheritdoc cref="Of(float, float)"/>
    static abstract Vector512<float> Of(Vector512<float> a, Vector512<float> b);
}
