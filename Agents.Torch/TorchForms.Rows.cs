using Agents.Programs;
using Agents.Programs.Execution;
using static TorchSharp.torch;

namespace Agents.Torch;

/// <content>Operators on columns, products, reductions and rows.</content>
internal static partial class TorchForms
{
    private static void AddColumns(FormTable<Tensor> table)
    {
        table.One<Slice>((operation, call) => call.Inputs[0].narrow(1, operation.Start, operation.Count));
        table.One<Place>((operation, call) => Placed(operation, call.Inputs));
        table.One<Permute>(
            (operation, call) =>
                call.Inputs[0]
                    .index_select(
                        1,
                        tensor((long[])[.. operation.Order.Select(column => (long)column)], ScalarType.Int64)
                            .to(call.Inputs[0].device)
                    )
        );
        table.Binary<Pick>((x, index) => x.gather(1, index.to_type(ScalarType.Int64)));
        table.One<Unpick>(
            (operation, call) =>
                Zeros(call.Inputs[0], call.Rows, operation.Columns)
                    .scatter(1, call.Inputs[1].to_type(ScalarType.Int64), call.Inputs[0])
        );
        table.Binary<Embed>((rows, index) => rows.index_select(0, Indices(index)));
        table.One<EmbedSum>((_, call) => SummedByIndex(call));
    }

    private static void AddProducts(FormTable<Tensor> table)
    {
        table.Several<Product>(call => [WithBias(call.Inputs[0].matmul(call.Inputs[1]), call)]);
        table.Several<ProductOfRows>(call => [WithBias(call.Inputs[0].matmul(call.Inputs[1].t()), call)]);
        table.Binary<OuterSum>((a, b) => a.t().matmul(b));
        table.Binary<SparseOuterSum>((a, b) => b.t().matmul(a));
        table.Unary<Gram>(x => x.t().matmul(x));
        table.One<Transpose>(
            (operation, call) =>
            {
                Tensor x = call.Inputs[0];
                (long rows, long columns) = (x.shape[0] / operation.Matrices, x.shape[1]);
                return x.reshape(operation.Matrices, rows, columns).transpose(1, 2).reshape(operation.Matrices * columns, rows);
            }
        );
        table.Binary<RowOuter>((a, b) => a.unsqueeze(2).mul(b.unsqueeze(1)).reshape(a.shape[0], a.shape[1] * b.shape[1]));
        table.Binary<RowTimesVector>((m, v) => RowMatrices(m, m.shape[1] / v.shape[1]).matmul(v.unsqueeze(2)).squeeze(2));
        table.Binary<RowVectorTimes>((v, m) => v.unsqueeze(1).matmul(RowMatrices(m, v.shape[1])).squeeze(1));
        table.One<RowProduct>(
            (operation, call) =>
            {
                Tensor a = RowMatrices(call.Inputs[0], call.Inputs[0].shape[1] / operation.Inner);
                return a.matmul(RowMatrices(call.Inputs[1], operation.Inner)).reshape(call.Rows, call.Node.Outputs[0].Columns);
            }
        );
    }

    private static void AddReductions(FormTable<Tensor> table)
    {
        table.Unary<SumRows>(x => x.sum([0L], true));
        table.Unary<SumColumns>(x => x.sum([1L], true));
        table.Unary<MaximumOfColumns>(x => x.amax([1L], true));
        table.One<BroadcastRows>((_, call) => call.Inputs[0].expand(call.Rows, call.Inputs[0].shape[1]));
        table.One<BroadcastColumns>((operation, call) => call.Inputs[0].expand(call.Rows, operation.Columns));
        table.Several<LogSoftmax>(call => [call.Inputs[0].log_softmax(1), call.Inputs[0].softmax(1)]);
        table.Unary<LogSumExp>(x => x.logsumexp(1, true));
        table.Several<Normalize>(call =>
        {
            Tensor centred = call.Inputs[0].Plus(call.Inputs[0].mean([1L], true).neg());
            Tensor inverse = centred.mul(centred).mean([1L], true).Plus((double)Normalize.Epsilon).rsqrt();
            return [centred.mul(inverse), inverse];
        });
        table.One<NormalizeGradient>(
            (_, call) =>
            {
                (Tensor gradient, Tensor y) = (call.Inputs[0], call.Inputs[1]);
                Tensor slope = gradient.mul(y).mean([1L], true);
                return call.Inputs[2].mul(gradient.Plus(gradient.mean([1L], true).neg()).Plus(y.mul(slope).neg()));
            }
        );
    }

    private static void AddRows(FormTable<Tensor> table, Device device)
    {
        table.One<Draw>(
            (operation, call) =>
            {
                var numbers = new float[call.Rows * operation.Columns];
                for (int i = 0; i < numbers.Length; i++)
                {
                    numbers[i] = operation.Of(call.Size.Draw, i / operation.Columns, i % operation.Columns);
                }
                return tensor(numbers, ScalarType.Float32).reshape(call.Rows, operation.Columns).to(device);
            }
        );
        table.Binary<GatherRows>((x, index) => x.index_select(0, Indices(index)));
        table.One<SegmentSum>((_, call) => SummedByIndex(call));
        table.One<AtStep>(
            (operation, call) =>
                operation.Place switch
                {
                    StepPlace.First => call.Inputs[0].narrow(0, 0, call.Rows),
                    StepPlace.Last => call.Inputs[0].narrow(0, call.Inputs[0].shape[0] - call.Rows, call.Rows),
                }
        );
        table.One<FromStep>(
            (operation, call) =>
            {
                Tensor step = call.Inputs[0];
                Tensor others = Zeros(step, call.Rows - step.shape[0], step.shape[1]);
                return operation.Place switch
                {
                    StepPlace.First => cat([step, others], 0),
                    StepPlace.Last => cat([others, step], 0),
                };
            }
        );
    }

    private static Tensor Placed(Place operation, Tensor[] inputs)
    {
        var pieces = new List<Tensor>();
        int end = 0;
        for (int i = 0; i < inputs.Length; i++)
        {
            if (operation.Starts[i] > end)
            {
                pieces.Add(Zeros(inputs[0], inputs[0].shape[0], operation.Starts[i] - end));
            }
            pieces.Add(inputs[i]);
            end = operation.Starts[i] + (int)inputs[i].shape[1];
        }
        if (operation.Columns > end)
        {
            pieces.Add(Zeros(inputs[0], inputs[0].shape[0], operation.Columns - end));
        }
        return cat(pieces, 1);
    }

    private static Tensor WithBias(Tensor product, Call<Tensor> call) =>
        call.Inputs.Length == 3 ? product.Plus(call.Inputs[2]) : product;

    // Rows of the first input, added to the row of the result that the second one names.
    private static Tensor SummedByIndex(Call<Tensor> call)
    {
        Tensor x = call.Inputs[0];
        Tensor places = call.Inputs[1].to_type(ScalarType.Int64).expand(x.shape[0], x.shape[1]);
        return Zeros(x, call.Rows, x.shape[1]).scatter_add(0, places, x);
    }

    private static Tensor RowMatrices(Tensor rows, long first) => rows.reshape(rows.shape[0], first, rows.shape[1] / first);

    private static Tensor Indices(Tensor column) => column.to_type(ScalarType.Int64).reshape(column.shape[0]);

    private static Tensor Zeros(Tensor like, long rows, long columns) => zeros([rows, columns], ScalarType.Float32, like.device);
}
