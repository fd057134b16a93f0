namespace Chaos.Artefacts;

/// <summary>What a stranger can hand over.</summary>
internal enum ArtefactKind
{
    /// <summary>A saved policy: description and weights.</summary>
    Policy,

    /// <summary>Settings, <c>--config</c>.</summary>
    Config,

    /// <summary>A run whose checkpoint's state was changed and hashed again.</summary>
    State,

    /// <summary>A run whose newest manifest was changed, with an earlier whole checkpoint.</summary>
    Manifest,

    /// <summary>A fleet's run whose journal was changed, half of the time with a right checksum.</summary>
    Journal,

    /// <summary>A claim.</summary>
    Claim,
}
