using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.Tabular;
using SkiaSharp;

namespace Environments.ToyText;

/// <summary>Walk along a cliff without falling off (Sutton and Barto 2018, example 6.6; Gymnasium's <c>CliffWalking</c>).</summary>
/// <remarks>
/// Observation: one integer, row × 12 + column of 4 rows. Actions 0 up, 1 right, 2 down, 3 left; moves off the board stay.
/// From the lower left corner to the lower right one, which terminates; the cells between are the cliff, worth −100 and a new beginning in
/// the same episode. Every other step −1.
/// </remarks>
public struct CliffWalking : IEnvironment, ITabularEnvironment, IRenderedEnvironment
{
    private const int Rows = 4;
    private const int Columns = 12;
    private const int StartState = 36;
    private const int GoalState = 47;
    private const int CellSize = 60;

    private static readonly TabularModel Firm = CreateModel(slippery: false);
    private static readonly TabularModel Slippery = CreateModel(slippery: true);
    private static readonly Discrete Observations = new(Rows * Columns);
    private static readonly Discrete Actions = new(4);

    private readonly bool _slippery;
    private int _state;
    private int _lastAction;

    /// <summary>A walker on firm ground, or on ground where a move goes to either side of its direction with 1/3 each.</summary>
    public CliffWalking(bool slippery) => _slippery = slippery;

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Observations;

    /// <inheritdoc/>
    public readonly Space ActionSpace => Actions;

    /// <inheritdoc/>
    public readonly ITabularModel Model => _slippery ? Slippery : Firm;

    /// <inheritdoc/>
    public readonly int State => _state;

    private readonly TransitionTable Table => (_slippery ? Slippery : Firm).Table;

    /// <inheritdoc/>
    public void Reset(Span<float> observation, ref Pcg64 random)
    {
        _state = Table.Start(ref random);
        _lastAction = 0;
        observation[0] = _state;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public StepResult Step(ReadOnlySpan<float> action, Span<float> observation, ref Pcg64 random)
    {
        _lastAction = (int)action[0];
        StepResult result = Table.Step(ref _state, _lastAction, ref random);
        observation[0] = _state;
        return result;
    }

    private static TabularModel CreateModel(bool slippery) =>
        new(
            Rows * Columns,
            4,
            (state, action) =>
                slippery
                    ?
                    [
                        Move(state, (action + 3) % 4, 1.0 / 3),
                        Move(state, action, 1.0 / 3),
                        Move(state, (action + 1) % 4, 1.0 / 3),
                    ]
                    : [Move(state, action, 1)],
            state => state == StartState ? 1 : 0
        );

    private static Transition Move(int state, int direction, double probability)
    {
        (int rowStep, int columnStep) = CellPainter.Directions[direction];
        int row = Math.Clamp(state / Columns + rowStep, 0, Rows - 1);
        int column = Math.Clamp(state % Columns + columnStep, 0, Columns - 1);
        int next = row * Columns + column;
        return next is > StartState and < GoalState
            ? new Transition(probability, StartState, -100)
            : new Transition(probability, next, -1, next == GoalState);
    }

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(Columns * CellSize, Rows * CellSize);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        canvas.Clear(new SKColor(90, 70, 50));
        using var painter = new CellPainter(canvas, CellSize);
        for (int state = 0; state < Rows * Columns; state++)
        {
            (int row, int column) = Math.DivRem(state, Columns);
            SKColor colour = state switch
            {
                StartState => new SKColor(214, 196, 160),
                GoalState => new SKColor(70, 160, 80),
                > StartState => new SKColor(40, 30, 34),
                _ => (row + column) % 2 == 0 ? new SKColor(168, 140, 104) : new SKColor(156, 128, 94),
            };
            painter.Square(row, column, colour);
        }
        painter.Line(3, 1, 3, 11, 0.08f, new SKColor(210, 90, 50)); // the edge
        painter.Agent(_state / Columns, _state % Columns, _lastAction, new SKColor(40, 90, 200));
    }
}
