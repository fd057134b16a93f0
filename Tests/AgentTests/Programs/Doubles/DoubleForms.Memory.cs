using Agents.Programs;
using Agents.Programs.Execution;

namespace Tests.AgentTests.Programs.Doubles;

/// <content>Rings and attention, written as their formulas stand in the paper: keys and values of every row, one score at a time.</content>
internal static partial class DoubleForms
{
    private static void AddMemory(FormTable<DoubleArray> table)
    {
        table.Binary<RowDots>((a, b) => DoubleArray.Make(a.Rows, b.Rows, (i, j) => Sum(a.Columns, k => a[i, k] * b[j, k])));
        table.Several<RingAge>(call =>
        {
            int length = ((RingAge)call.Node.Operator).Length;
            DoubleArray age = DoubleArray.Make(
                call.Rows,
                1,
                (row, _) => call.Inputs[1][row, 0] == 0 ? 0 : AgeOf(call.Inputs[0][row, 0], length)
            );
            return [age, DoubleArray.Make(call.Rows, 1, (row, _) => age[row, 0] + 1 == 2 * length ? length : age[row, 0] + 1)];
        });
        table.One<RingRows>(
            (operation, call) =>
            {
                (DoubleArray state, DoubleArray age, Ring ring) = (call.Inputs[0], call.Inputs[1], operation.Ring);
                return DoubleArray.Make(
                    ring.Length * state.Rows,
                    ring.Width,
                    (row, column) =>
                        row / state.Rows < ring.Length - AgeOf(age[row % state.Rows, 0], ring.Length)
                            ? 0
                            : AtRing(
                                ring,
                                state,
                                row % state.Rows,
                                AgeOf(age[row % state.Rows, 0], ring.Length) + row / state.Rows,
                                column
                            )
                );
            }
        );
        table.One<StateUpdate>(
            (operation, call) =>
            {
                DoubleArray state = DoubleArray.Make(
                    call.Rows,
                    call.Inputs[0].Columns,
                    (row, column) => call.Inputs[0][row, column]
                );
                int next = 1 + operation.Places.Length;
                for (int i = 0; i < operation.Places.Length; i++)
                {
                    StatePlace place = operation.Places[i];
                    DoubleArray? ages = place.IsRing ? call.Inputs[next++] : null;
                    for (int row = 0; row < call.Rows; row++)
                    {
                        int age = (int)(ages?[row, 0] ?? 0);
                        for (int column = 0; column < place.Size; column++)
                        {
                            bool isWritten = !place.IsRing || column / place.Columns == age % place.Length;
                            int at = place.Offset + column;
                            state[row, at] =
                                isWritten ? call.Inputs[i + 1][row, column % place.Columns]
                                : age == 0 ? 0
                                : state[row, at];
                        }
                    }
                }
                return state;
            }
        );
        table.Several<RelativeAttention>(call => Attend(call, ((RelativeAttention)call.Node.Operator)));
        table.Several<RelativeAttentionGradient>(AttentionGradients);
        table.Several<RingAttention>(call => AttendRing(call, (RingAttention)call.Node.Operator));
        AddFastWeights(table);
    }

    private static int AgeOf(double stored, int length) => (int)Math.Clamp(double.IsNaN(stored) ? 0 : stored, 0, 2 * length - 1);

    private static double AtRing(Ring ring, DoubleArray state, int row, int step, int column) =>
        state[row, ring.Offset + step % ring.Length * ring.Width + column];

    private static DoubleArray[] Attend(Call<DoubleArray> call, RelativeAttention attention)
    {
        DoubleArray[] x = call.Inputs;
        (int length, int batch) = (attention.Length, call.Size.Sequences);
        int size = x[0].Columns / attention.Heads;
        var mixed = new DoubleArray(call.Rows, x[0].Columns);
        var weights = new DoubleArray(call.Rows, attention.Heads * (length + 1));
        for (int b = 0; b < batch; b++)
        {
            int reach = Math.Min(AgeOf(x[9][b, 0], length), length); // earlier steps that the next query may see
            for (int row = b; row < call.Rows; row += batch)
            {
                reach = x[8][row, 0] == 0 ? 0 : reach;
                for (int head = 0; head < attention.Heads; head++)
                {
                    int first = head * size;
                    double Key(int place, int i) => Of(x[1], x[3], row, place, first + i);
                    double Score(int place) =>
                        Sum(
                            size,
                            i =>
                                (x[0][row, first + i] + x[6][0, first + i]) * Key(place, i)
                                + (x[0][row, first + i] + x[7][0, first + i]) * x[5][first + i, place]
                        ) / Math.Sqrt(size);
                    double largest = Enumerable.Range(length - reach, reach + 1).Max(Score);
                    double total = Enumerable.Range(length - reach, reach + 1).Sum(place => Math.Exp(Score(place) - largest));
                    for (int place = length - reach; place <= length; place++)
                    {
                        double weight = Math.Exp(Score(place) - largest) / total;
                        weights[row, head * (length + 1) + place] = weight;
                        for (int i = 0; i < size; i++)
                        {
                            mixed[row, first + i] += weight * Of(x[2], x[4], row, place, first + i);
                        }
                    }
                }
                reach = Math.Min(reach + 1, length);
            }
        }
        return [mixed, weights];

        double Of(DoubleArray own, DoubleArray remembered, int row, int place, int column)
        {
            int time = row / batch + place; // of the memory's rows and then the sequence's
            return time < length
                ? remembered[time * batch + row % batch, column]
                : own[(time - length) * batch + row % batch, column];
        }
    }

    private static DoubleArray[] AttentionGradients(Call<DoubleArray> call)
    {
        RelativeAttention attention = ((RelativeAttentionGradient)call.Node.Operator).Attention;
        DoubleArray[] x = call.Inputs;
        (int length, int batch) = (attention.Length, call.Size.Sequences);
        int size = x[0].Columns / attention.Heads;
        DoubleArray[] gradients = [.. x[..8].Select(input => new DoubleArray(input.Rows, input.Columns))];
        for (int row = 0; row < x[0].Rows; row++)
        {
            for (int head = 0; head < attention.Heads; head++)
            {
                int first = head * size;
                double Weight(int place) => x[8][row, head * (length + 1) + place];
                double OfWeight(int place)
                {
                    (int input, int at) = At(row, place);
                    return Sum(size, i => x[9][row, first + i] * x[input + 1][at, first + i]);
                }
                double mean = Sum(length + 1, place => Weight(place) == 0 ? 0 : Weight(place) * OfWeight(place));
                for (int place = 0; place <= length; place++)
                {
                    if (Weight(place) == 0)
                    {
                        continue;
                    }
                    (int input, int at) = At(row, place);
                    double score = Weight(place) * (OfWeight(place) - mean) / Math.Sqrt(size);
                    for (int i = 0; i < size; i++)
                    {
                        int column = first + i;
                        gradients[0][row, column] += score * (x[input][at, column] + x[5][column, place]);
                        gradients[input][at, column] += score * (x[0][row, column] + x[6][0, column]);
                        gradients[input + 1][at, column] += Weight(place) * x[9][row, column];
                        gradients[5][column, place] += score * (x[0][row, column] + x[7][0, column]);
                        gradients[6][0, column] += score * x[input][at, column];
                        gradients[7][0, column] += score * x[5][column, place];
                    }
                }
            }
        }
        return gradients;

        // The input of the keys and the row there; values are one input later.
        (int Input, int Row) At(int row, int place)
        {
            int time = row / batch + place;
            return time < length ? (3, time * batch + row % batch) : (1, (time - length) * batch + row % batch);
        }
    }

    private static DoubleArray[] AttendRing(Call<DoubleArray> call, RingAttention attention)
    {
        DoubleArray[] x = call.Inputs;
        Ring ring = attention.Ring;
        (int length, int width) = (ring.Length, ring.Width);
        int size = x[0].Columns / attention.Heads;
        var mixed = new DoubleArray(call.Rows, x[0].Columns);
        var weights = new DoubleArray(call.Rows, attention.Heads * (length + 1));
        for (int row = 0; row < call.Rows; row++)
        {
            int age = (int)x[3][row, 0];
            int reach = Math.Min(age, length);
            double Z(int place, int column)
            {
                double stored = place == length ? x[1][row, column] : AtRing(ring, x[2], row, age + place, column);
                return x.Length == 11 ? stored * x[9][0, column] + x[10][0, column] : stored;
            }
            for (int head = 0; head < attention.Heads; head++)
            {
                int first = head * size;
                double Score(int place) =>
                    Sum(
                        size,
                        i =>
                            (x[0][row, first + i] + x[7][0, first + i]) * Sum(width, j => x[4][first + i, j] * Z(place, j))
                            + (x[0][row, first + i] + x[8][0, first + i]) * x[6][first + i, place]
                    ) / Math.Sqrt(size);
                double[] scores = [.. Enumerable.Range(length - reach, reach + 1).Select(Score)];
                double total = scores.Sum(score => Math.Exp(score - scores.Max()));
                for (int place = length - reach; place <= length; place++)
                {
                    double weight = Math.Exp(scores[place - length + reach] - scores.Max()) / total;
                    weights[row, head * (length + 1) + place] = weight;
                    for (int i = 0; i < size; i++)
                    {
                        mixed[row, first + i] += weight * Sum(width, j => Z(place, j) * x[5][head * width + j, i]);
                    }
                }
            }
        }
        return [mixed, weights];
    }
}
