using Agents.Programs;

namespace Tests.AgentTests.Programs.Drawn;

/// <content>Parts of random graphs.</content>
internal sealed partial class RandomProblem
{
    private Value Smooth(Value x) =>
        _random.Next(12) switch
        {
            0 => x.Tanh(),
            1 => x.Sigmoid(),
            2 => x.Softplus(),
            3 => x.Sin(),
            4 => x.Cos(),
            5 => x.Tanh().Exp(),
            6 => x.Tanh().Square(),
            7 => (x.Square() + 0.5f).Log(),
            8 => (x.Square() + 0.5f).Sqrt(),
            9 => (x.Square() + 0.5f).Reciprocal(),
            10 => (x.Tanh().Square() + 0.5f).Power(1.5f),
            _ => x * -0.5f + 1,
        };

    private Value Joined(Value x, List<Value> pool)
    {
        Value other = _random.Next(4) switch
        {
            0 => Fitted(Recent(pool), x.Columns),
            1 => Fitted(Recent(pool), 1),
            2 => Row(x.Columns),
            _ => Problem.Scalar(Name("number"), Numbers.Bell),
        };
        return _random.Next(3) switch
        {
            0 => (x + other).Tanh(),
            1 => (other - x).Tanh(),
            _ => (x * other).Tanh(),
        };
    }

    private Value Kinked()
    {
        Value x = Input(Width());
        Value y = Input(x.Columns);
        return _random.Next(6) switch
        {
            0 => x.Relu(),
            1 => x.Abs(),
            2 => x.Minimum(y),
            3 => x.Maximum(y),
            4 => x.MaximumOfColumns() * y,
            _ => x.Sign() * y,
        };
    }

    private Value Columns(Value x)
    {
        int start = _random.Next(x.Columns);
        Value index = Problem.Index(Name("index"), _ => x.Columns);
        return _random.Next(5) switch
        {
            0 => x.Slice(start, x.Columns - start),
            1 => x.Permute([.. Enumerable.Range(0, x.Columns).Reverse()]),
            2 => x.Pick(index),
            3 => Fitted(x, 1).Unpick(index, x.Columns),
            _ => x.Slice(start, x.Columns - start).SumColumns() * 0.5f,
        };
    }

    private Value Matrices(Value x, Value y)
    {
        Value matrix = x.RowOuter(y);
        return _random.Next(4) switch
        {
            0 => matrix.RowTimesVector(y).Tanh(),
            1 => x.RowVectorTimes(matrix).Tanh(),
            2 => matrix.RowProduct(y.RowOuter(x), y.Columns).Tanh().Slice(0, 1),
            _ => matrix.RowTranspose(x.Columns).RowTimesVector(x).Tanh(),
        };
    }

    private Value Soft(Value x)
    {
        switch (_random.Next(4))
        {
            case 0:
                (Value logs, Value probabilities) = x.LogSoftmax();
                return (probabilities * logs).SumColumns();
            case 1:
                return x.LogSumExp();
            case 2:
                return x.LogSoftmax().Probabilities;
            default:
                Value wide = Problem.Input(Name("wide"), 4, Numbers.Spread);
                return (wide * 2 + Fitted(x.Tanh(), 1)).Normalize() * Fitted(x, 4).Tanh();
        }
    }

    private Value Sequences(Value x)
    {
        Value step = x.AtStep(_random.Next(2) == 0 ? StepPlace.First : StepPlace.Last);
        Value own = Problem.Input(Name("of sequences"), x.Columns, Numbers.Bell, RowSpace.Sequences);
        Value sum = (step * own).Tanh();
        return _random.Next(2) == 0
            ? x * sum.Mean()
            : Graph.Apply(new FromStep(_random.Next(2) == 0 ? StepPlace.First : StepPlace.Last), sum)[0] + x;
    }

    private Value Edges(Value x)
    {
        Value from = Problem.Index(Name("from"), size => size.Rows, Problem.Edges);
        Value to = Problem.Index(Name("to"), size => size.Rows, Problem.Edges);
        Value weight = Problem.Input(Name("weight"), 1, Numbers.Bell, Problem.Edges);
        return x + (x.GatherRows(from) * weight).SegmentSum(to, RowSpace.Rows).Tanh();
    }

    private Value Constants(Value x)
    {
        switch (_random.Next(6))
        {
            case 0:
                return x * Graph.Draw(DrawKind.Bernoulli, Name("coins"), x.Columns, 0.7f);
            case 1:
                return x + Graph.Draw(DrawKind.Gaussian, Name("noise"), x.Columns) * 0.1f;
            case 2:
                Value own = Graph.Draw(DrawKind.Uniform, Name("of sequences"), x.Columns, space: RowSpace.Sequences);
                return x * own.Mean();
            case 3:
                _constants.Add((Row(x.Columns) * Graph.Constant(0.5f)).Tanh());
                return x + _constants[^1];
            case 4:
                Value matrix = Problem.Parameter(Name("matrix"), 3, x.Columns, Numbers.Bell);
                _constants.Add(matrix.Tanh().SumRows() * 0.3f);
                return x.Times((matrix.Gram() * 0.2f).Tanh()) + _constants[^1];
            default:
                Value ones = Graph.Constant(1).BroadcastTo(Shape.Of(RowSpace.Rows, x.Columns));
                return ones - x * Graph.InverseCount(RowSpace.Sequences);
        }
    }

    // A row that comes of a matrix of constant size, by operators of rows.
    private Value Matrix(int columns)
    {
        Value matrix = Problem.Parameter(Name("matrix"), 3, columns, Numbers.Bell);
        for (int i = _random.Next(1, 4); i > 0; i--)
        {
            matrix = _random.Next(7) switch
            {
                0 => Smooth(matrix),
                1 => matrix * Row(columns),
                2 => matrix + Problem.Parameter(Name("column"), 3, 1, Numbers.Bell),
                3 => matrix.RowOuter(matrix).RowTimesVector(matrix).Tanh(),
                4 => matrix.LogSoftmax().Probabilities,
                5 => matrix.Times(matrix.Gram()).Tanh(),
                _ => Row(columns).BroadcastTo(matrix.Shape) * matrix,
            };
        }
        Value row = _random.Next(2) == 0 ? matrix.Mean() : matrix.Transpose().SumColumns().Transpose() * 0.3f;
        _constants.Add(row);
        return row;
    }

    private Value Dense(Value x, int columns)
    {
        Value weight = Problem.Parameter(Name("weight"), columns, x.Columns, Numbers.Bell);
        return _random.Next(2) == 0 ? Graph.Dense(x, weight, Row(columns)) * 0.7f : x.Times(weight.Transpose()) * 0.7f;
    }

    private Value Fitted(Value x, int columns) =>
        x.Columns == columns ? x
        : x.Columns == 1 ? x.BroadcastColumns(columns)
        : x.Columns > columns ? x.Slice(_random.Next(x.Columns - columns + 1), columns)
        : Dense(x, columns);

    private Value Row(int columns) =>
        _constants.Find(row => row.Columns == columns && row.Shape.Rows == 1) is { } known && _random.Next(2) == 0
            ? known
            : Problem.Parameter(Name("row"), 1, columns, Numbers.Bell);
}
