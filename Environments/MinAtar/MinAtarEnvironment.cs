using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.MinAtar;

/// <summary>A game of MinAtar (Young and Tian 2019, arXiv 1903.03176; the rules of version 1.0.15).</summary>
/// <remarks>
/// Observation <c>[row, column, channel]</c> of 10 × 10 × C zeros and ones. With chance 0.1 a step repeats the previously executed action,
/// also across episodes. The difficulty rises within an episode. There is no time limit.
/// Draws come from the batch's <see cref="Pcg64"/>, so a seed plays another game than in the original;
/// <see cref="NumPyMinAtarEnvironment{TGame}"/> replays the original's.
/// </remarks>
/// <typeparam name="TGame">Rules of the game.</typeparam>
public struct MinAtarEnvironment<TGame> : IEnvironment, IRenderedEnvironment, ISeededEnvironment
    where TGame : struct, IMinAtarGame
{
    private const double StickyActionProbability = 0.1;
    private const int AllActions = 6;

    private static readonly Box Cells = new(0, 1, 10, 10, TGame.Channels) { ElementType = ElementType.UInt8 };
    private static readonly Discrete Full = new(AllActions);
    private static readonly Discrete Minimal = new(TGame.MinimalActions.Length);

    private readonly bool _minimalActions;
    private MinAtarAction _executed;
    private TGame _game;

    /// <summary>A game that is not started yet.</summary>
    /// <param name="minimalActions">
    /// Whether only the actions that the game reacts to are offered (versions <c>-v1</c>), not all six (<c>-v0</c>).
    /// </param>
    public MinAtarEnvironment(bool minimalActions)
    {
        _minimalActions = minimalActions;
        _game = default;
    }

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Cells;

    /// <inheritdoc/>
    public readonly Space ActionSpace => _minimalActions ? Minimal : Full;

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => MinAtarPicture.Size;

    /// <inheritdoc/>
    /// <remarks>What is forgotten is the latest action.</remarks>
    public void Seed(ulong seed) => _executed = MinAtarAction.Wait;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random) => ResetFrom(observation, ref random);

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random) =>
        StepFrom(action, observation, ref random);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        Span<float> cells = stackalloc float[Cells.Size];
        cells.Clear();
        _game.Observe(cells);
        MinAtarPicture.Draw(canvas, cells);
    }

    internal void ResetFrom<TRandom>(Span<float> observation, ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        _game.Reset(ref random);
        observation.Clear();
        _game.Observe(observation);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal StepResult StepFrom<TRandom>(ReadOnlySpan<float> action, Span<float> observation, ref TRandom random)
        where TRandom : struct, IRandomSource
    {
        int chosen = (int)action[0];
        if (random.NextDouble() >= StickyActionProbability)
        {
            _executed = _minimalActions ? TGame.MinimalActions[chosen] : (MinAtarAction)chosen;
        }
        StepResult result = _game.Step(_executed, ref random);
        observation.Clear();
        _game.Observe(observation);
        return result;
    }
}
