using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.PopGym;

/// <summary>Watch all cards being dealt, then name their suits in reverse order (Morad et al. 2023, POPGym's <c>Autoencode</c>).</summary>
/// <remarks>
/// Observation <c>[mode, suit]</c>: mode 1 while watching, already 0 with the last card, then (0, 0). Actions are suits, 0 to 3.
/// With n = 52 cards per deck there are n − 1 steps of watching that pay nothing and n of playing that pay ±1/n, the last card being
/// asked for first. Random actions score −0.5, memory 1. A seed deals what POPGym deals.
/// </remarks>
public struct Autoencode : IEnvironment, IRenderedEnvironment
{
    private SuitDeck _deck;
    private int _asked;

    /// <summary>A game with 1 to 16 decks; POPGym's levels have 1, 2 and 3.</summary>
    public Autoencode(int decks) => _deck = new SuitDeck(decks);

    /// <inheritdoc/>
    public readonly Space ObservationSpace => new MultiDiscrete(2, SuitDeck.Suits);

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(SuitDeck.Suits);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => SymbolDrawing.Size;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _deck.Collect();
        _asked = 0;
        observation[1] = _deck.Deal(ref random);
        observation[0] = 1;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        if (_deck.Left > 0)
        {
            observation[1] = _deck.Deal(ref random);
            observation[0] = _deck.Left > 0 ? 1 : 0;
            return new StepResult(0);
        }
        _asked++;
        float reward = 1f / _deck.Count;
        bool right = (int)action[0] == _deck[_deck.Count - _asked];
        observation[1] = 0;
        observation[0] = 0;
        return new StepResult(right ? reward : -reward, _asked == _deck.Count);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        bool watching = _asked == 0;
        int card = _deck.Dealt - 1 - _asked; // what is shown, or asked for next
        SymbolDrawing.Tile(canvas, SKRect.Create(20, 20, 60, 100), good: watching);
        if (card >= 0)
        {
            SymbolDrawing.Symbol(canvas, _deck[card], 200, 70, 45, strong: watching);
        }
        SymbolDrawing.Progress(canvas, RenderSize, (_deck.Dealt + _asked) / (2f * _deck.Count));
    }
}
