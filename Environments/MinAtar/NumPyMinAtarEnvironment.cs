using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.MinAtar;

/// <summary><see cref="MinAtarEnvironment{TGame}"/> that draws as the original does, so that a seed and its actions replay the original's episodes.</summary>
/// <remarks>
/// The generator is NumPy's <c>RandomState</c> of the copy's seed; as in the original, episodes after the first continue its stream.
/// A copy that was given no seed takes one from the stream that it is handed.
/// </remarks>
/// <typeparam name="TGame">Rules of the game.</typeparam>
public struct NumPyMinAtarEnvironment<TGame> : IEnvironment, IRenderedEnvironment, ISeededEnvironment
    where TGame : struct, IMinAtarGame
{
    private MinAtarEnvironment<TGame> _environment;
    private Mt19937 _random;
    private bool _seeded;

    /// <summary>A game that is not started yet.</summary>
    /// <param name="minimalActions">Whether only the actions that the game reacts to are offered.</param>
    public NumPyMinAtarEnvironment(bool minimalActions)
    {
        _environment = new MinAtarEnvironment<TGame>(minimalActions);
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => _environment.ObservationSpace;

    /// <inheritdoc/>
    public readonly Space ActionSpace => _environment.ActionSpace;

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => _environment.RenderSize;

    /// <inheritdoc/>
    public void Seed(ulong seed)
    {
        _environment.Seed(seed);
        _random = new Mt19937(seed);
        _seeded = true;
    }

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        if (!_seeded)
        {
            Seed(random.NextUInt32());
        }
        _environment.ResetFrom(observation, ref _random);
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random) =>
        _environment.StepFrom(action, observation, ref _random);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas) => _environment.Render(canvas);
}
