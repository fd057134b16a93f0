using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using SkiaSharp;

namespace Environments.Memory.PopGym;

/// <summary>Turn two cards of a hidden board at a time and find the pairs (Morad et al. 2023, POPGym's <c>Concentration</c>).</summary>
/// <remarks>
/// n = 52 cells per deck. Observation: the value of each cell that is open or was just turned, else the number of values (2 colours, 13
/// ranks) for a face-down one. The action is the cell to turn. The second of two cells pays 2/n if they match, and both stay open, else
/// −2/L; turning an open cell pays −1/L, or −2/L as the second one. Terminates when all are open; the limit is L = ⌈2n − n/(2n − 1)⌉
/// steps. What was turned is only seen in the step that turned it. Random actions score −0.191, −0.186 and −0.835 on POPGym's levels. A
/// seed shuffles as POPGym's.
/// </remarks>
public struct Concentration : IEnvironment, IRenderedEnvironment
{
    private const int DeckSize = 52;
    private const int MaxCells = 2 * DeckSize;
    private const int Columns = 13;
    private const float CellSize = 28;

    private readonly int _cells;
    private readonly bool _byRank;
    private readonly float _faceDown;
    private readonly float _mistake;
    private int _first; // the cell in play; −1 for none
    private int _open;
    private int _turned; // by the latest step; −1 after a reset
    private int _turnedBefore; // the other one of its pair; −1 for none
    private Values _values;
    private Values _shown;

    /// <summary>A board; POPGym's levels are (1, colours), (2, colours) and (1, ranks).</summary>
    /// <param name="decks">Decks, 1 or 2.</param>
    /// <param name="byRank">Whether cards match by their rank (13 values) instead of their colour (2 values).</param>
    public Concentration(int decks, bool byRank)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(decks, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(decks, 2);
        _cells = decks * DeckSize;
        _byRank = byRank;
        _faceDown = byRank ? 13 : 2;
        _mistake = -1f / Limit;
        _first = _turned = _turnedBefore = -1;
    }

    /// <summary>Steps after which POPGym cuts an episode off, L.</summary>
    public readonly int Limit => (int)Math.Ceiling(2 * _cells - _cells / (2.0 * _cells - 1));

    /// <inheritdoc/>
    public readonly Space ObservationSpace
    {
        get
        {
            var counts = new int[_cells];
            Array.Fill(counts, (int)_faceDown + 1);
            return new MultiDiscrete(counts);
        }
    }

    /// <inheritdoc/>
    public readonly Space ActionSpace => new Discrete(_cells);

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new((int)(Columns * CellSize), (int)(_cells / Columns * CellSize));

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _first = _turned = _turnedBefore = -1;
        _open = 0;
        Span<float> values = ((Span<float>)_values)[.._cells];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = _byRank ? i / 4 % 13 : i % 2;
        }
        random.ShuffleAsNumPy(values);
        Span<float> shown = ((Span<float>)_shown)[.._cells];
        shown.Fill(_faceDown);
        shown.CopyTo(observation);
    }

    /// <inheritdoc/>
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        int cell = (int)action[0];
        int first = _first;
        bool isOpen = _shown[cell] != _faceDown;
        ((Span<float>)_shown)[.._cells].CopyTo(observation);
        observation[cell] = _values[cell];
        (_turned, _turnedBefore, _first) = (cell, first, -1);
        if (first < 0)
        {
            _first = isOpen ? -1 : cell;
            return new StepResult(isOpen ? _mistake : 0);
        }
        observation[first] = _values[first];
        if (isOpen || cell == first || _values[cell] != _values[first])
        {
            return new StepResult(2 * _mistake);
        }
        _shown[cell] = _shown[first] = _values[cell];
        _open += 2;
        return new StepResult(2f / _cells, _open == _cells);
    }

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        SymbolDrawing.Clear(canvas);
        for (int i = 0; i < _cells; i++)
        {
            SKRect place = SKRect.Create(i % Columns * CellSize + 2, i / Columns * CellSize + 2, CellSize - 4, CellSize - 4);
            bool turned = i == _turned || i == _turnedBefore;
            if (turned || _shown[i] != _faceDown)
            {
                SymbolDrawing.Symbol(canvas, (int)_values[i], place.MidX, place.MidY, CellSize / 3);
            }
            else
            {
                SymbolDrawing.Tile(canvas, place);
            }
            if (turned)
            {
                SymbolDrawing.Frame(canvas, place);
            }
        }
    }

    [InlineArray(MaxCells)]
    private struct Values
    {
        private float _first;
    }
}
