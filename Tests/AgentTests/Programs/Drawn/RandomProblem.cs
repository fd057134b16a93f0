using Agents.Programs;
using Agents.Programs.Execution;

namespace Tests.AgentTests.Programs.Drawn;

/// <summary>A small random graph: loops and delays of both directions, reductions that feed rows again, sequences, edges, draws and constants.</summary>
/// <remarks>
/// Numbers stay moderate, since float32 is compared with double precision. Operators with a kink or a jump read inputs alone, whose numbers are the same
/// in both.
/// </remarks>
internal sealed partial class RandomProblem
{
    private readonly Random _random;
    private readonly List<Value> _inputs = [];
    private readonly List<Value> _constants = []; // rows [1, C]
    private readonly Value _keep;
    private int _names;

    private RandomProblem(int seed)
    {
        _random = new Random(seed);
        int steps = _random.Next(1, 6);
        int sequences = _random.Next(1, 5);
        Size = new RunSize(
            steps * sequences,
            sequences,
            (ulong)_random.Next(3),
            new Dictionary<RowSpace, int> { [Problem.Edges] = _random.Next(1, 7) }
        );
        _keep = Problem.Keep();
    }

    public Problem Problem { get; } = new();

    public RunSize Size { get; }

    /// <summary>The graph of a seed.</summary>
    public static RandomProblem Of(int seed)
    {
        var drawn = new RandomProblem(seed);
        drawn.Build();
        return drawn;
    }

    private Graph Graph => Problem.Graph;

    private void Build()
    {
        var pool = new List<Value>();
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            pool.Add(Input(Width()));
        }
        _constants.Add(Problem.Parameter(Name("row"), 1, Width(), Numbers.Bell));
        for (int i = _random.Next(4, 12); i > 0; i--)
        {
            pool.Add(_random.Next(3) == 0 ? Outside(pool) : Body(pool));
        }
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            Problem.Ask(Recent(pool));
        }
        if (_random.Next(2) == 0)
        {
            Problem.Ask(_constants[_random.Next(_constants.Count)]); // a parameter, perhaps, or what depends on parameters alone
        }
        if (_random.Next(2) == 0)
        {
            Problem.Ask(Recent(pool).Square().Mean());
        }
        Problem.Differentiate();
    }

    // What may stand within a loop: every row by itself.
    private Value Body(List<Value> pool)
    {
        Value x = Recent(pool);
        switch (_random.Next(12))
        {
            case 0 or 1:
                return Smooth(x);
            case 2 or 3:
                return Joined(x, pool);
            case 4:
                return Kinked();
            case 5 or 6:
                return Dense(x, Width()).Tanh();
            case 7:
                return Value.Concat(x, Recent(pool))[(x.Columns / 2)..];
            case 8:
                return Columns(x);
            case 9:
                return Matrices(x, Recent(pool));
            case 10:
                return Soft(x);
            default:
                return x.Where(Input(1).IsAtMost(Input(1)));
        }
    }

    // What needs all rows, or is a loop.
    private Value Outside(List<Value> pool)
    {
        Value x = Recent(pool);
        switch (_random.Next(12))
        {
            case 0:
                return x - x.Mean();
            case 1:
                Value matrix = x.OuterSum(Recent(pool)) * Graph.InverseCount();
                return x.Times(matrix.Tanh());
            case 2:
                return x.Times(x.Gram() * Graph.InverseCount()).Tanh();
            case 3:
                return Loop(pool, earlier: true);
            case 4:
                return Loop(pool, earlier: false);
            case 5:
                return Delayed(pool, x);
            case 6:
                return Sequences(x);
            case 7:
                return Edges(x);
            case 8:
                Value index = Problem.Index(Name("index"), _ => 4);
                return (x.EmbedSum(index, 4) * Graph.InverseCount()).Tanh().Embed(index);
            case 9:
                return x + Matrix(x.Columns);
            default:
                return Constants(x);
        }
    }

    // Some delays of one direction, a body, and perhaps a loop within the loop.
    private Value Loop(List<Value> within, bool earlier, List<Value>? around = null)
    {
        List<Value> outside = around ?? within; // what no loop is open around
        var pool = new List<Value>(within);
        var delays = new List<Value>();
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            int columns = Width();
            Value keep = Keep(pool);
            delays.Add(earlier ? Graph.Previous(columns, keep, Initial(columns, outside)) : Graph.Later(columns, keep));
            pool.Add(delays[^1]);
        }
        for (int i = _random.Next(2, 6); i > 0; i--)
        {
            pool.Add(Body(pool));
        }
        if (around is null && _random.Next(3) == 0)
        {
            pool.Add(Loop(pool, earlier, within));
        }
        Value? before = null;
        foreach (Value delay in delays)
        {
            if (before is not null && before.Columns == delay.Columns)
            {
                Graph.Close(delay, before); // one delay after the other: two steps
                before = null;
                continue;
            }
            before = delay;
            Value next = (Dense(delay, delay.Columns) + Fitted(Recent(pool), delay.Columns)).Tanh();
            Graph.Close(delay, next);
            pool.Add(next);
        }
        return Recent(pool);
    }

    private Value Recent(List<Value> pool) =>
        pool[_random.Next(3) == 0 ? _random.Next(pool.Count) : Math.Max(0, pool.Count - 1 - _random.Next(3))];

    private int Width() => _random.Next(1, 5);

    private string Name(string kind) => $"{kind} {_names++}";

    private Value Input(int columns)
    {
        Value input = Problem.Input(Name("input"), columns, Numbers.Bell);
        _inputs.Add(input);
        return input;
    }

    // What was before the first step: nothing, an input, or something that sequences and an end of other rows give.
    private Value? Initial(int columns, List<Value> pool)
    {
        if (_random.Next(2) == 0)
        {
            return null;
        }
        Value input = Problem.Input(Name("initial"), columns, Numbers.Bell, RowSpace.Sequences);
        return _random.Next(3) switch
        {
            0 => input,
            1 => Smooth(Dense(input, columns)),
            _ => (input + Fitted(Recent(pool), columns).AtStep(StepPlace.Last)).Tanh(),
        };
    }

    // Where an episode goes on: an input, or what other rows say, in a loop perhaps those of the step before.
    private Value Keep(List<Value> pool) =>
        _random.Next(4) switch
        {
            0 => Input(1).IsAtMost(Input(1)),
            1 when _random.Next(4) == 0 => Fitted(Recent(pool), 1).IsAtMost(Graph.Constant(0.4f)),
            _ => _keep,
        };

    private Value Delayed(List<Value> pool, Value x)
    {
        Value delay =
            _random.Next(2) == 0
                ? Graph.Previous(x.Columns, Keep(pool), Initial(x.Columns, pool))
                : Graph.Later(x.Columns, Keep(pool));
        Graph.Close(delay, x);
        return delay;
    }
}
