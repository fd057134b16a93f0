using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Agents.Kernels;

/// <summary>What this process computes with. Wider vectors add the same numbers in another order, and rounding differs.</summary>
internal static class InstructionSet
{
    /// <summary>Architecture and widest vectors, such as <c>X64, AVX-512, FMA</c>; equal names give equal parameters.</summary>
    public static string Name { get; } =
        string.Join(
            ", ",
            new[]
            {
                RuntimeInformation.ProcessArchitecture.ToString(),
                Vector512.IsHardwareAccelerated ? "AVX-512"
                : Vector256.IsHardwareAccelerated ? "AVX2"
                : Vector128.IsHardwareAccelerated ? "vectors of 128 bits"
                : "no vectors",
                Fma.IsSupported ? "FMA" : "",
            }.Where(part => part.Length > 0)
        );
}
