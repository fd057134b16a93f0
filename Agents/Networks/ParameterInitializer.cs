using Agents.Programs;
using Environments.Randomness;

namespace Agents.Networks;

/// <summary>Initial parameters of a network, as its <see cref="ParameterLayout"/> says how each begins.</summary>
internal static class ParameterInitializer
{
    /// <summary>A fresh flat buffer, pinned so that the tensor library can alias it.</summary>
    public static float[] Create(ParameterLayout layout, ref Pcg64 random)
    {
        float[] parameters = GC.AllocateArray<float>(layout.Count, pinned: true);
        foreach (ParameterSlot slot in layout.Slots)
        {
            Span<float> matrix = slot.In(parameters.AsSpan());
            layout.InitializerOf(slot).Fill(matrix, slot.Shape[0], slot.Size / slot.Shape[0], ref random);
        }
        return parameters;
    }
}
