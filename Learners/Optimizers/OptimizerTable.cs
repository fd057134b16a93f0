using Agents.Yaml;
using Learners.Optimizers.Kfac;

namespace Learners.Optimizers;

/// <summary>All optimisers, what may be put around them, and maps of the parameters that they move: one line each.</summary>
internal static class OptimizerTable
{
    /// <summary>Optimisers.</summary>
    public static NameTable Optimizers { get; } =
        new("optimizer", new AdamSettings(), new RmsPropSettings(), new SgdSettings(), new KfacSettings());

    /// <summary>Wrappers around any of them.</summary>
    public static NameTable Wrappers { get; } = new("optimizer wrapper", new LookaheadSettings());

    /// <summary>Maps between what is learned and what the network uses.</summary>
    public static NameTable Maps { get; } = new("parameter map", new PowerMapSettings());
}
