using Learners.Optimizers.Kfac;

namespace Learners.Engines;

/// <summary>What engines of gated transformers have in common.</summary>
internal static class Unobserved
{
    /// <summary>Throws where statistics of layers are asked for.</summary>
    /// <exception cref="NotSupportedException">Somebody wants to see the layers.</exception>
    public static void Refuse(Kfac? kfac)
    {
        if (kfac is not null)
        {
            throw new NotSupportedException("The layers of a gated transformer cannot be observed.");
        }
    }
}
