using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.PopGym;

/// <summary>Cards are dealt; name the suit of the first one again and again (Morad et al. 2023, POPGym's <c>RepeatFirst</c>).</summary>
/// <remarks>
/// Observation and action are suits, 0 to 3. With n = 52 cards per deck each of the n − 1 steps pays ±1/(n − 1). Random actions score −0.5,
/// memory 1. A seed deals what POPGym deals.
/// </remarks>
public struct RepeatFirst : IEnvironment, IRenderedEnvironment
{
    private SuitDeck _deck;
    private int _first;

    /// <summary>A game with 1 to 16 decks; POPGym's levels have 1, 8 and 16.</summary>
    public RepeatFirst(int decks) => _deck = new SuitDeck(decks);

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new Discrete(SuitDeck.Suits);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(SuitDeck.Suits);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _deck.Collect();
        _first = _deck.Deal(ref random);
        observation[0] = _first;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        float reward = 1f / (_deck.Count - 1);
        bool right = (int)action[0] == _first;
        observation[0] = _deck.Deal(ref random);
        return new StepResult(right ? reward : -reward, _deck.Left == 0);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        SymbolDrawing.Symbol(canvas, _deck[_deck.Dealt - 1], 220, 70, 45);
        SymbolDrawing.Symbol(canvas, _first, 80, 70, 30, strong: _deck.Dealt == 1);
        SymbolDrawing.Progress(canvas, RenderSize, (float)_deck.Dealt / _deck.Count);
    }
}
