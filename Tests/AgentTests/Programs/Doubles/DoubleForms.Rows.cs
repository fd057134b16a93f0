using Agents.Programs;
using Agents.Programs.Execution;

namespace Tests.AgentTests.Programs.Doubles;

/// <content>Reductions, and operators between rows.</content>
internal static partial class DoubleForms
{
    private static void AddReductions(FormTable<DoubleArray> table)
    {
        table.Unary<SumRows>(x => DoubleArray.Make(1, x.Columns, (_, column) => Sum(x.Rows, row => x[row, column])));
        table.Unary<SumColumns>(x => DoubleArray.Make(x.Rows, 1, (row, _) => Sum(x.Columns, column => x[row, column])));
        table.Unary<MaximumOfColumns>(x => DoubleArray.Make(x.Rows, 1, (row, _) => Maximum(x, row)));
        table.One<BroadcastRows>(
            (_, call) => DoubleArray.Make(call.Rows, call.Inputs[0].Columns, (_, column) => call.Inputs[0][0, column])
        );
        table.One<BroadcastColumns>(
            (operation, call) => DoubleArray.Make(call.Rows, operation.Columns, (row, _) => call.Inputs[0][row, 0])
        );
        table.Several<LogSoftmax>(call =>
        {
            DoubleArray x = call.Inputs[0];
            DoubleArray sum = LogSumOf(x);
            DoubleArray logs = DoubleArray.Make(x.Rows, x.Columns, (row, column) => x[row, column] - sum[row, 0]);
            return [logs, logs.Map(Math.Exp)];
        });
        table.Unary<LogSumExp>(LogSumOf);
        table.Several<Normalize>(call =>
        {
            DoubleArray x = call.Inputs[0];
            DoubleArray means = DoubleArray.Make(x.Rows, 1, (row, _) => Sum(x.Columns, j => x[row, j]) / x.Columns);
            DoubleArray inverses = DoubleArray.Make(
                x.Rows,
                1,
                (row, _) =>
                    1 / Math.Sqrt(Sum(x.Columns, j => Math.Pow(x[row, j] - means[row, 0], 2)) / x.Columns + Normalize.Epsilon)
            );
            return [DoubleArray.Make(x.Rows, x.Columns, (row, j) => (x[row, j] - means[row, 0]) * inverses[row, 0]), inverses];
        });
        table.One<NormalizeGradient>(
            (_, call) =>
            {
                (DoubleArray g, DoubleArray y, DoubleArray inverse) = (call.Inputs[0], call.Inputs[1], call.Inputs[2]);
                return DoubleArray.Make(
                    g.Rows,
                    g.Columns,
                    (row, column) =>
                        inverse[row, 0]
                        * (
                            g[row, column]
                            - Sum(g.Columns, j => g[row, j]) / g.Columns
                            - y[row, column] * Sum(g.Columns, j => g[row, j] * y[row, j]) / g.Columns
                        )
                );
            }
        );
    }

    private static void AddRows(FormTable<DoubleArray> table)
    {
        table.One<Draw>(
            (operation, call) =>
                DoubleArray.Make(call.Rows, operation.Columns, (row, column) => operation.Of(call.Size.Draw, row, column))
        );
        table.Binary<GatherRows>(
            (x, index) => DoubleArray.Make(index.Rows, x.Columns, (row, column) => x[(int)index[row, 0], column])
        );
        table.One<SegmentSum>((_, call) => SummedByIndex(call));
        table.One<AtStep>(
            (operation, call) =>
            {
                int first = FirstRow(operation.Place, call.Inputs[0].Rows, call.Rows);
                return DoubleArray.Make(call.Rows, call.Inputs[0].Columns, (row, column) => call.Inputs[0][first + row, column]);
            }
        );
        table.One<FromStep>(
            (operation, call) =>
            {
                int first = FirstRow(operation.Place, call.Rows, call.Inputs[0].Rows);
                return Filled(
                    call.Rows,
                    call.Inputs[0].Columns,
                    y => Each(call.Inputs[0], (row, column, x) => y[first + row, column] = x)
                );
            }
        );
    }
}
