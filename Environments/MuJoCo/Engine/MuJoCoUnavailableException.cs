namespace Environments.MuJoCo.Engine;

/// <summary>MuJoCo is not installed, or cannot be used as it is. The message says what was looked for and how to install it.</summary>
public sealed class MuJoCoUnavailableException : NotSupportedException
{
    /// <summary>How MuJoCo gets onto a machine, in one sentence.</summary>
    internal const string HowToInstall =
        "Install it with 'apt-get install libmujoco-dev gcc' (Debian 12, Ubuntu 24.04), or unpack a release of "
        + "https://github.com/google-deepmind/mujoco and set MUJOCO_PATH to its folder; version 2.2.2 or later, with its headers and a C compiler.";

    /// <summary>An error described by <paramref name="reason"/>; how to install MuJoCo is added.</summary>
    public MuJoCoUnavailableException(string reason)
        : base($"MuJoCo cannot be used: {reason} {HowToInstall}") { }
}
