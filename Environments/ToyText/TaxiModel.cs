using Environments.Tabular;

namespace Environments.ToyText;

/// <summary>The dynamics of <see cref="Taxi"/>: 25 cells × 5 places of the passenger (4 is the taxi) × 4 destinations.</summary>
internal static class TaxiModel
{
    public const int Size = 5;
    public const int InTaxi = 4;

    /// <summary>Cells of the marks red, green, yellow and blue, row × 5 + column.</summary>
    public static ReadOnlySpan<int> Marks => [0, 4, 20, 23];

    /// <summary>Whether a wall stands at the right side of a cell, row × 5 + column.</summary>
    public static bool WallRightOf(int cell) => cell is 1 or 6 or 15 or 20 or 17 or 22;

    /// <summary>The dynamics; in the rain a free move goes to either side of its direction with probability 0.1 each.</summary>
    public static TabularModel Create(bool rainy) =>
        new(500, 6, (state, action) => Transitions(state, action, rainy), state => IsStart(state) ? 1.0 / 300 : 0);

    /// <summary>Cell, place of the passenger and destination of a state.</summary>
    public static (int Cell, int Passenger, int Destination) Decode(int state) => (state / 20, state / 4 % 5, state % 4);

    private static bool IsStart(int state)
    {
        (_, int passenger, int destination) = Decode(state);
        return passenger != InTaxi && passenger != destination;
    }

    private static IEnumerable<Transition> Transitions(int state, int action, bool rainy)
    {
        (int cell, int passenger, int destination) = Decode(state);
        switch (action)
        {
            case 4:
                return passenger != InTaxi && cell == Marks[passenger]
                    ? [new Transition(1, Encode(cell, InTaxi, destination), -1)]
                    : [new Transition(1, state, -10)];
            case 5 when passenger == InTaxi && cell == Marks[destination]:
                return [new Transition(1, Encode(cell, destination, destination), 20, true)];
            case 5:
                int mark = Marks.IndexOf(cell);
                return passenger == InTaxi && mark >= 0
                    ? [new Transition(1, Encode(cell, mark, destination), -1)]
                    : [new Transition(1, state, -10)];
        }
        int Next(int heading) => Encode(Move(cell, heading), passenger, destination);
        if (!rainy)
        {
            return [new Transition(1, Next(action), -1)];
        }
        bool blocked = Move(cell, action) == cell;
        (int left, int right) = action switch
        {
            0 => (2, 3),
            1 => (3, 2),
            2 => (1, 0),
            _ => (0, 1),
        };
        return
        [
            new Transition(0.8, Next(action), -1),
            new Transition(0.1, blocked ? state : Next(left), -1),
            new Transition(0.1, blocked ? state : Next(right), -1),
        ];
    }

    private static int Encode(int cell, int passenger, int destination) => (cell * 5 + passenger) * 4 + destination;

    private static int Move(int cell, int heading)
    {
        (int row, int column) = Math.DivRem(cell, Size);
        bool free = heading switch
        {
            0 => row < Size - 1,
            1 => row > 0,
            2 => column < Size - 1 && !WallRightOf(cell),
            _ => column > 0 && !WallRightOf(cell - 1),
        };
        int step = heading switch
        {
            0 => Size,
            1 => -Size,
            2 => 1,
            _ => -1,
        };
        return free ? cell + step : cell;
    }
}
