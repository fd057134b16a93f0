using Protos.Bridge;

namespace Environments.Remote;

/// <summary>A way to copies of an environment in Python. Results go into the arrays that it was made with.</summary>
internal interface IBatchLane : IDisposable
{
    /// <summary>Where results go.</summary>
    StepResults Results { get; }

    /// <summary>Starts new episodes; copy b is seeded with <paramref name="seed"/> + b.</summary>
    /// <exception cref="BridgeLostException">The other side is dead or hangs.</exception>
    /// <exception cref="EnvironmentFaultException">The environment failed.</exception>
    void Reset(ulong seed);

    /// <summary>Steps the active copies.</summary>
    /// <param name="actions"><c>[B, action size]</c>.</param>
    /// <param name="active"><c>[B]</c>; empty for all.</param>
    /// <param name="finalPictures">Whether copies are drawn before they are reset.</param>
    /// <exception cref="BridgeLostException">The other side is dead or hangs.</exception>
    /// <exception cref="EnvironmentFaultException">The environment failed.</exception>
    void Step(ReadOnlySpan<float> actions, ReadOnlySpan<bool> active, bool finalPictures);

    /// <summary>Draws a copy.</summary>
    /// <exception cref="BridgeLostException">The other side is dead or hangs.</exception>
    /// <exception cref="EnvironmentFaultException">The environment failed.</exception>
    Picture Render(int copy);
}
