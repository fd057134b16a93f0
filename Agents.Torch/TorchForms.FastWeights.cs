using Agents.Programs;
using Agents.Programs.Execution;
using static TorchSharp.torch;

namespace Agents.Torch;

/// <content>A layer with fast weights, in the form of a matrix per sequence, whose gradient is libtorch's own.</content>
internal static partial class TorchForms
{
    private static void AddFastWeights(FormTable<Tensor> table)
    {
        table.Several<FastRecurrence>(call => RunFast((FastRecurrence)call.Node.Operator, call.Inputs, call.Size.Sequences));
        table.Several<FastRecurrenceGradient>(FastGradients);
    }

    // Gains and offsets may also have a row for each row of the batch.
    private static Tensor[] RunFast(FastRecurrence operation, Tensor[] inputs, long batch)
    {
        long rows = inputs[0].shape[0];
        long size = inputs[0].shape[1];
        long width = (operation.Reads + 1) * size;
        Tensor gains = inputs[2].expand(rows, width);
        Tensor offsets = inputs[3].expand(rows, width);
        Tensor before = inputs[5];
        Tensor fast = inputs[6].reshape(batch, size, size);
        var outputs = new List<Tensor>();
        var units = new List<Tensor>();
        var inverses = new List<Tensor>();
        for (long first = 0; first < rows; first += batch)
        {
            Tensor keep = inputs[4].narrow(0, first, batch).to_type(ScalarType.Bool);
            before = where(keep, before, zeros_like(before));
            fast = where(keep.unsqueeze(2), fast, zeros_like(fast)).Times(operation.Decay);
            fast = fast.Plus(before.unsqueeze(2).mul(before.unsqueeze(1)).Times(operation.Rate));
            Tensor driven = inputs[0].narrow(0, first, batch).Plus(before.matmul(inputs[1]));
            Tensor output = Normalized(0, driven);
            for (int read = 1; read <= operation.Reads; read++)
            {
                output = Normalized(read, driven.Plus(fast.matmul(output.unsqueeze(2)).squeeze(2)));
            }
            outputs.Add(output);
            before = output;

            Tensor Normalized(int read, Tensor sum)
            {
                Tensor centred = sum.Plus(sum.mean([1L], true).neg());
                Tensor inverse = centred.mul(centred).mean([1L], true).Plus(1e-5).rsqrt();
                Tensor unit = centred.mul(inverse);
                units.Add(unit);
                inverses.Add(inverse);
                Tensor scaled = unit.mul(Of(gains)).Plus(Of(offsets));
                return operation.Activation switch
                {
                    Activation.Tanh => scaled.tanh(),
                    Activation.Relu => scaled.relu(),
                };

                Tensor Of(Tensor scales) => scales.narrow(0, first, batch).narrow(1, read * size, size);
            }
        }
        return [cat(outputs, 0), Beside(units), Beside(inverses)];

        // Of each step all reads, [steps, reads, B, C], to rows.
        Tensor Beside(List<Tensor> parts) =>
            stack(parts, 0)
                .reshape(rows / batch, operation.Reads + 1, batch, parts[0].shape[1])
                .transpose(1, 2)
                .reshape(rows, (operation.Reads + 1) * parts[0].shape[1]);
    }

    private static Tensor[] FastGradients(Call<Tensor> call)
    {
        FastRecurrence operation = ((FastRecurrenceGradient)call.Node.Operator).Recurrence;
        using IDisposable mode = enable_grad();
        Tensor[] inputs = [.. call.Inputs[..7]];
        inputs[3] = inputs[3].expand(inputs[0].shape[0], inputs[3].shape[1]).clone();
        int[] wanted = operation.Reads > 0 ? [0, 3, 5, 6] : [0, 3, 5];
        foreach (int i in wanted)
        {
            inputs[i] = inputs[i].detach().requires_grad_(true);
        }
        Tensor output = RunFast(operation, inputs, call.Size.Sequences)[0];
        Tensor[] leaves = Array.ConvertAll(wanted, i => inputs[i]);
        IList<Tensor> gradients = autograd.grad([output], leaves, [call.Inputs[10]]);
        return operation.Reads > 0 ? [.. gradients] : [.. gradients, zeros_like(inputs[6])];
    }
}
