using Agents.Programs;
using Agents.Programs.Execution;

namespace Tests.AgentTests.Programs.Doubles;

/// <summary>What each operator does, written from its definition in double precision.</summary>
internal static partial class DoubleForms
{
    public static FormTable<DoubleArray> Table { get; } = Create();

    /// <summary>An interpreter in double precision.</summary>
    public static Interpreter<DoubleArray> Interpreter { get; } = new(Table, new DoubleArrays());

    private static FormTable<DoubleArray> Create()
    {
        var table = new FormTable<DoubleArray>("DoubleForms");
        AddUnary(table);
        AddBinary(table);
        AddColumns(table);
        AddProducts(table);
        AddReductions(table);
        AddRows(table);
        AddImages(table);
        AddMemory(table);
        return table;
    }

    private static void AddUnary(FormTable<DoubleArray> table)
    {
        void Add<TOperator>(Func<double, double> function)
            where TOperator : Operator => table.Unary<TOperator>(x => x.Map(function));
        table.One<ScaleShift>((operation, call) => call.Inputs[0].Map(x => operation.Factor * x + operation.Shift));
        table.One<Power>((operation, call) => call.Inputs[0].Map(x => Math.Pow(x, operation.Exponent)));
        Add<Tanh>(Math.Tanh);
        Add<Sigmoid>(x => 1 / (1 + Math.Exp(-x)));
        Add<Relu>(x => Math.Max(x, 0));
        Add<Softplus>(x => Math.Max(x, 0) + double.LogP1(Math.Exp(-Math.Abs(x))));
        Add<Exp>(Math.Exp);
        Add<Log>(Math.Log);
        Add<Square>(x => x * x);
        Add<Sqrt>(Math.Sqrt);
        Add<Reciprocal>(x => 1 / x);
        Add<Abs>(Math.Abs);
        Add<Sign>(x => Math.Sign(x));
        Add<Sin>(Math.Sin);
        Add<Cos>(Math.Cos);
        Add<StopGradient>(x => x);
    }

    private static void AddBinary(FormTable<DoubleArray> table)
    {
        void Add<TOperator>(Func<double, double, double> function)
            where TOperator : Binary =>
            table.Binary<TOperator>(
                (a, b) => DoubleArray.Make(a.Rows, a.Columns, (row, column) => function(a[row, column], b.At(row, column)))
            );
        Add<Add>((a, b) => a + b);
        Add<Subtract>((a, b) => a - b);
        Add<Multiply>((a, b) => a * b);
        Add<Minimum>(Math.Min);
        Add<Maximum>(Math.Max);
        Add<LessEqual>((a, b) => a <= b ? 1 : 0);
        Add<GreaterEqual>((a, b) => a >= b ? 1 : 0);
        Add<Mask>((a, b) => b != 0 ? a : 0);
        Add<TanhGradient>((a, b) => a * (1 - b * b));
        Add<ReluGradient>((a, b) => b > 0 ? a : 0);
    }

    private static void AddColumns(FormTable<DoubleArray> table)
    {
        table.One<Slice>(
            (operation, call) =>
                DoubleArray.Make(call.Rows, operation.Count, (row, column) => call.Inputs[0][row, operation.Start + column])
        );
        table.One<Permute>(
            (operation, call) =>
                DoubleArray.Make(call.Rows, operation.Order.Length, (row, column) => call.Inputs[0][row, operation.Order[column]])
        );
        table.One<Place>(
            (operation, call) =>
                Filled(
                    call.Rows,
                    operation.Columns,
                    y =>
                    {
                        for (int i = 0; i < call.Inputs.Length; i++)
                        {
                            Each(call.Inputs[i], (row, column, x) => y[row, operation.Starts[i] + column] = x);
                        }
                    }
                )
        );
        table.Binary<Pick>((x, index) => DoubleArray.Make(x.Rows, 1, (row, _) => x[row, (int)index[row, 0]]));
        table.One<Unpick>(
            (operation, call) =>
                DoubleArray.Make(
                    call.Rows,
                    operation.Columns,
                    (row, column) => column == (int)call.Inputs[1][row, 0] ? call.Inputs[0][row, 0] : 0
                )
        );
        table.Binary<Embed>(
            (rows, index) => DoubleArray.Make(index.Rows, rows.Columns, (row, column) => rows[(int)index[row, 0], column])
        );
        table.One<EmbedSum>((_, call) => SummedByIndex(call));
    }

    private static double Added(Call<DoubleArray> call, int row, int column) =>
        call.Inputs.Length == 3 ? call.Inputs[2].At(row, column) : 0;

    private static void AddProducts(FormTable<DoubleArray> table)
    {
        table.One<Product>(
            (_, call) =>
            {
                (DoubleArray a, DoubleArray b) = (call.Inputs[0], call.Inputs[1]);
                return DoubleArray.Make(
                    a.Rows,
                    b.Columns,
                    (row, column) => Added(call, row, column) + Sum(b.Rows, k => a[row, k] * b[k, column])
                );
            }
        );
        table.One<ProductOfRows>(
            (_, call) =>
            {
                (DoubleArray a, DoubleArray b) = (call.Inputs[0], call.Inputs[1]);
                return DoubleArray.Make(
                    a.Rows,
                    b.Rows,
                    (row, column) => Bias(call, column) + Sum(b.Columns, k => a[row, k] * b[column, k])
                );
            }
        );
        table.Binary<OuterSum>(Outer);
        table.Binary<SparseOuterSum>((a, b) => Outer(b, a));
        table.Unary<Gram>(x => Outer(x, x));
        table.One<Transpose>(
            (operation, call) =>
            {
                DoubleArray x = call.Inputs[0];
                int rows = x.Rows / operation.Matrices;
                return DoubleArray.Make(
                    x.Columns * operation.Matrices,
                    rows,
                    (row, column) => x[row / x.Columns * rows + column, row % x.Columns]
                );
            }
        );
        table.Binary<RowOuter>(
            (a, b) => DoubleArray.Make(a.Rows, a.Columns * b.Columns, (row, i) => a[row, i / b.Columns] * b[row, i % b.Columns])
        );
        table.Binary<RowTimesVector>(
            (m, v) =>
                DoubleArray.Make(
                    m.Rows,
                    m.Columns / v.Columns,
                    (row, i) => Sum(v.Columns, j => m[row, i * v.Columns + j] * v[row, j])
                )
        );
        table.Binary<RowVectorTimes>(
            (v, m) =>
                DoubleArray.Make(
                    m.Rows,
                    m.Columns / v.Columns,
                    (row, j) => Sum(v.Columns, i => v[row, i] * m[row, i * (m.Columns / v.Columns) + j])
                )
        );
        table.One<RowProduct>(
            (operation, call) =>
            {
                (DoubleArray a, DoubleArray b) = (call.Inputs[0], call.Inputs[1]);
                (int rows, int inner) = (a.Columns / operation.Inner, operation.Inner);
                int columns = b.Columns / inner;
                return DoubleArray.Make(
                    a.Rows,
                    rows * columns,
                    (row, i) => Sum(inner, k => a[row, i / columns * inner + k] * b[row, k * columns + i % columns])
                );
            }
        );
    }

    private static int FirstRow(StepPlace place, int rows, int sequences) =>
        place switch
        {
            StepPlace.First => 0,
            StepPlace.Last => rows - sequences,
        };

    private static DoubleArray SummedByIndex(Call<DoubleArray> call) =>
        Filled(
            call.Rows,
            call.Inputs[0].Columns,
            y => Each(call.Inputs[0], (row, column, x) => y[(int)call.Inputs[1][row, 0], column] += x)
        );

    private static DoubleArray Outer(DoubleArray a, DoubleArray b) =>
        DoubleArray.Make(a.Columns, b.Columns, (i, j) => Sum(a.Rows, row => a[row, i] * b[row, j]));

    private static DoubleArray LogSumOf(DoubleArray x) =>
        DoubleArray.Make(
            x.Rows,
            1,
            (row, _) => Maximum(x, row) + Math.Log(Sum(x.Columns, j => Math.Exp(x[row, j] - Maximum(x, row))))
        );

    private static double Maximum(DoubleArray x, int row) => Enumerable.Range(0, x.Columns).Max(column => x[row, column]);

    private static double Bias(Call<DoubleArray> call, int column) => call.Inputs.Length == 3 ? call.Inputs[2][0, column] : 0;

    private static double Sum(int count, Func<int, double> number)
    {
        double sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += number(i);
        }
        return sum;
    }

    private static DoubleArray Filled(int rows, int columns, Action<DoubleArray> fill)
    {
        var array = new DoubleArray(rows, columns);
        fill(array);
        return array;
    }

    private static void Each(DoubleArray array, Action<int, int, double> action)
    {
        for (int i = 0; i < array.Numbers.Length; i++)
        {
            action(i / array.Columns, i % array.Columns, array.Numbers[i]);
        }
    }
}
