using Agents.Programs;
using Agents.Programs.Execution;

namespace Tests.AgentTests.Programs.Doubles;

/// <content>A layer with fast weights, as a matrix per sequence that is changed and read, and back through it.</content>
internal static partial class DoubleForms
{
    private static void AddFastWeights(FormTable<DoubleArray> table)
    {
        table.Several<FastRecurrence>(call =>
        {
            var run = new FastRun((FastRecurrence)call.Node.Operator, call);
            run.Forward();
            return [run.Outputs, run.Units, run.Inverses];
        });
        table.Several<FastRecurrenceGradient>(call =>
        {
            var run = new FastRun(((FastRecurrenceGradient)call.Node.Operator).Recurrence, call);
            run.Forward();
            return run.Backward(call.Inputs[10]);
        });
    }

    private sealed class FastRun(FastRecurrence operation, Call<DoubleArray> call)
    {
        private readonly DoubleArray[] _x = call.Inputs;
        private readonly int _size = call.Inputs[0].Columns;
        private readonly int _batch = call.Size.Sequences;
        private readonly int _norms = operation.Reads + 1;
        private readonly int _rows = call.Inputs[0].Rows;
        private readonly DoubleArray _activated = new(call.Inputs[0].Rows, (operation.Reads + 1) * call.Inputs[0].Columns);
        private readonly double[][,] _fast = new double[call.Inputs[0].Rows][,]; // A of each row

        public DoubleArray Outputs { get; } = new(call.Inputs[0].Rows, call.Inputs[0].Columns);

        public DoubleArray Units { get; } = new(call.Inputs[0].Rows, (operation.Reads + 1) * call.Inputs[0].Columns);

        public DoubleArray Inverses { get; } = new(call.Inputs[0].Rows, operation.Reads + 1);

        public void Forward()
        {
            for (int row = 0; row < _rows; row++)
            {
                double[] before = [.. Enumerable.Range(0, _size).Select(i => Before(row, i))];
                var fast = new double[_size, _size];
                for (int i = 0; i < _size; i++)
                {
                    for (int j = 0; j < _size; j++)
                    {
                        double old =
                            _x[4][row, 0] == 0 ? 0
                            : row < _batch ? _x[6][row, i * _size + j]
                            : _fast[row - _batch][i, j];
                        fast[i, j] = operation.Decay * old + operation.Rate * before[i] * before[j];
                    }
                }
                _fast[row] = fast;
                double[] driven =
                [
                    .. Enumerable.Range(0, _size).Select(i => _x[0][row, i] + Sum(_size, k => before[k] * _x[1][k, i])),
                ];
                Activate(row, 0, driven);
                for (int read = 1; read < _norms; read++)
                {
                    int last = (read - 1) * _size;
                    Activate(
                        row,
                        read,
                        [.. driven.Select((number, i) => number + Sum(_size, j => fast[i, j] * _activated[row, last + j]))]
                    );
                }
                for (int i = 0; i < _size; i++)
                {
                    Outputs[row, i] = _activated[row, operation.Reads * _size + i];
                }
            }
        }

        public DoubleArray[] Backward(DoubleArray gradient)
        {
            var driven = new DoubleArray(_rows, _size);
            var activated = new DoubleArray(_rows, _norms * _size);
            var initial = new DoubleArray(_batch, _size);
            var initialFast = new DoubleArray(_batch, _size * _size);
            for (int b = 0; b < _batch; b++)
            {
                var later = new double[_size];
                var ofFast = new double[_size, _size];
                for (int row = _rows - _batch + b; row >= 0; row -= _batch)
                {
                    double[] arriving = [.. later.Select((number, i) => number + gradient[row, i])];
                    for (int read = operation.Reads; read >= 0; read--)
                    {
                        double[] z = BackThroughNorm(row, read, arriving, activated);
                        for (int i = 0; i < _size; i++)
                        {
                            driven[row, i] += z[i];
                        }
                        if (read == 0)
                        {
                            break;
                        }
                        int last = (read - 1) * _size;
                        for (int j = 0; j < _size; j++)
                        {
                            arriving[j] = Sum(_size, i => _fast[row][i, j] * z[i]);
                            for (int i = 0; i < _size; i++)
                            {
                                ofFast[i, j] += z[i] * _activated[row, last + j];
                            }
                        }
                    }
                    bool kept = _x[4][row, 0] != 0;
                    for (int k = 0; k < _size; k++)
                    {
                        double ofBefore =
                            Sum(_size, i => driven[row, i] * _x[1][k, i])
                            + operation.Rate * Sum(_size, j => (ofFast[k, j] + ofFast[j, k]) * Before(row, j));
                        later[k] = kept ? ofBefore : 0;
                    }
                    for (int i = 0; i < _size * _size; i++)
                    {
                        ofFast[i / _size, i % _size] *= kept ? operation.Decay : 0;
                    }
                }
                for (int i = 0; i < _size; i++)
                {
                    initial[b, i] = later[i];
                    for (int j = 0; j < _size; j++)
                    {
                        initialFast[b, i * _size + j] = ofFast[i, j];
                    }
                }
            }
            return [driven, activated, initial, initialFast];
        }

        private double Before(int row, int i) =>
            _x[4][row, 0] == 0 ? 0
            : row < _batch ? _x[5][row, i]
            : Outputs[row - _batch, i];

        private void Activate(int row, int read, double[] sum)
        {
            double mean = sum.Average();
            double inverse = 1 / Math.Sqrt(sum.Average(number => (number - mean) * (number - mean)) + 1e-5);
            Inverses[row, read] = inverse;
            for (int i = 0; i < _size; i++)
            {
                int column = read * _size + i;
                Units[row, column] = (sum[i] - mean) * inverse;
                double scaled = Units[row, column] * _x[2][0, column] + _x[3][0, column];
                _activated[row, column] = operation.Activation switch
                {
                    Activation.Tanh => Math.Tanh(scaled),
                    Activation.Relu => Math.Max(0, scaled),
                };
            }
        }

        // Writes the gradient at gain and offset, and gives that of what was normalised.
        private double[] BackThroughNorm(int row, int read, double[] arriving, DoubleArray activated)
        {
            int first = read * _size;
            var unit = new double[_size];
            for (int i = 0; i < _size; i++)
            {
                double output = _activated[row, first + i];
                double slope = operation.Activation switch
                {
                    Activation.Tanh => 1 - output * output,
                    Activation.Relu => output > 0 ? 1 : 0,
                };
                activated[row, first + i] = arriving[i] * slope;
                unit[i] = arriving[i] * slope * _x[2][0, first + i];
            }
            double mean = unit.Average();
            double share = unit.Select((number, i) => number * Units[row, first + i]).Average();
            return [.. unit.Select((number, i) => Inverses[row, read] * (number - mean - Units[row, first + i] * share))];
        }
    }
}
