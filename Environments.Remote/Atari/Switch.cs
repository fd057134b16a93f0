namespace Environments.Remote.Atari;

/// <summary>A choice of an option.</summary>
internal enum Switch
{
    /// <summary>It is not so.</summary>
    Off,

    /// <summary>It is so.</summary>
    On,
}
