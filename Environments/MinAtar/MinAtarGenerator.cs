namespace Environments.MinAtar;

/// <summary>Where a game's chance comes from.</summary>
internal enum MinAtarGenerator
{
    /// <summary>The batch's own generator: fast.</summary>
    Pcg64,

    /// <summary>NumPy's RandomState of the copy's seed, as in the original.</summary>
    NumPy,
}
