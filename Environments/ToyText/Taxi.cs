using System.Runtime.CompilerServices;
using Environments.Randomness;
using Environments.Rendering;
using Environments.Spaces;
using Environments.Tabular;
using SkiaSharp;

namespace Environments.ToyText;

/// <summary>Fetch a passenger and bring her to her destination (Dietterich 2000; Gymnasium's <c>Taxi</c>).</summary>
/// <remarks>
/// Observation: one integer, ((row × 5 + column) × 5 + passenger) × 4 + destination; the marks 0 to 3 are red, green, yellow and blue, and
/// passenger 4 sits in the taxi. Actions 0 south, 1 north, 2 east, 3 west, 4 pick up, 5 drop off. Reward −1 per step, −10 for picking up or
/// dropping off where that is not possible, 20 for arriving, which terminates.
/// </remarks>
public struct Taxi : IEnvironment, ITabularEnvironment, IRenderedEnvironment
{
    private static readonly TabularModel Dry = TaxiModel.Create(rainy: false);
    private static readonly TabularModel Rainy = TaxiModel.Create(rainy: true);
    private static readonly Discrete Observations = new(500);
    private static readonly Discrete Actions = new(6);

    private readonly bool _rainy;
    private int _state;
    private int _lastAction;

    /// <summary>A taxi on dry roads, or in rain: there a free move goes to either side of its direction with probability 0.1 each.</summary>
    public Taxi(bool rainy) => _rainy = rainy;

    /// <inheritdoc/>
    public readonly Space ObservationSpace => Observations;

    /// <inheritdoc/>
    public readonly Space ActionSpace => Actions;

    /// <inheritdoc/>
    public readonly ITabularModel Model => _rainy ? Rainy : Dry;

    /// <inheritdoc/>
    public readonly int State => _state;

    private readonly TransitionTable Table => (_rainy ? Rainy : Dry).Table;

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

    /// <inheritdoc/>
    public readonly SKSizeI RenderSize => new(400, 400);

    /// <inheritdoc/>
    public readonly void Render(SKCanvas canvas)
    {
        ArgumentNullException.ThrowIfNull(canvas);
        ReadOnlySpan<SKColor> colours = [new(214, 60, 60), new(60, 160, 80), new(226, 190, 50), new(60, 100, 210)];
        (int cell, int passenger, int destination) = TaxiModel.Decode(_state);
        canvas.Clear(new SKColor(70, 74, 80));
        using var painter = new CellPainter(canvas, 72, 20);
        for (int i = 0; i < TaxiModel.Size * TaxiModel.Size; i++)
        {
            painter.Square(i / 5, i % 5, new SKColor(206, 208, 212));
        }
        for (int mark = 0; mark < 4; mark++)
        {
            (int markRow, int markColumn) = Math.DivRem(TaxiModel.Marks[mark], 5);
            painter.Square(markRow, markColumn, colours[mark].WithAlpha(mark == destination ? (byte)255 : (byte)90), 0.06f);
            if (mark == destination)
            {
                painter.Square(markRow, markColumn, new SKColor(206, 208, 212), 0.16f); // a frame marks the destination
            }
            if (mark == passenger)
            {
                painter.Disc(markRow + 0.22f, markColumn - 0.22f, 0.17f, SKColors.Black);
                painter.Disc(markRow + 0.22f, markColumn - 0.22f, 0.13f, colours[destination]);
            }
        }
        for (int i = 0; i < TaxiModel.Size * TaxiModel.Size; i++)
        {
            if (TaxiModel.WallRightOf(i))
            {
                painter.Line(i / 5 + 0.04f, i % 5 + 1, i / 5 + 0.96f, i % 5 + 1, 0.1f, new SKColor(70, 74, 80));
            }
        }
        int direction = _lastAction switch
        {
            0 => 2,
            1 => 0,
            2 => 1,
            3 => 3,
            _ => -1,
        };
        painter.Agent(cell / 5, cell % 5, direction, new SKColor(30, 30, 34));
        if (passenger == TaxiModel.InTaxi)
        {
            painter.Disc(cell / 5, cell % 5, 0.13f, colours[destination]);
        }
    }
}
