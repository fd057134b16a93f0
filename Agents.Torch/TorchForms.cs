using Agents.Programs;
using Agents.Programs.Execution;
using static TorchSharp.torch;

namespace Agents.Torch;

/// <summary>What each operator does to tensors, by functions that libtorch can differentiate itself.</summary>
/// <remarks>
/// Values are of two dimensions, so that libtorch's broadcasting is that of the operators. Where several numbers are the least or the greatest libtorch
/// shares the gradient out among them, unlike the operators.
/// </remarks>
internal static partial class TorchForms
{
    /// <summary>The table for tensors on a device.</summary>
    public static FormTable<Tensor> For(Device device)
    {
        var table = new FormTable<Tensor>("TorchForms");
        AddUnary(table);
        AddBinary(table);
        AddColumns(table);
        AddProducts(table);
        AddReductions(table);
        AddRows(table, device);
        AddImages(table);
        AddMemory(table);
        return table;
    }

    private static void AddUnary(FormTable<Tensor> table)
    {
        table.One<ScaleShift>((operation, call) => call.Inputs[0].Times(operation.Factor).Plus((double)operation.Shift));
        table.Unary<Tanh>(x => x.tanh());
        table.Unary<Sigmoid>(x => x.sigmoid());
        table.Unary<Relu>(x => x.relu());
        table.Unary<Softplus>(x => x.logaddexp(zeros_like(x)));
        table.Unary<Exp>(x => x.exp());
        table.Unary<Log>(x => x.log());
        table.Unary<Square>(x => x.mul(x));
        table.Unary<Sqrt>(x => x.sqrt());
        table.Unary<Reciprocal>(x => x.reciprocal());
        table.Unary<Abs>(x => x.abs());
        table.Unary<Sign>(x => x.sign());
        table.Unary<Sin>(x => x.sin());
        table.Unary<Cos>(x => x.cos());
        table.One<Power>((operation, call) => call.Inputs[0].ToThe(operation.Exponent));
        table.Unary<StopGradient>(x => x.detach());
    }

    private static void AddBinary(FormTable<Tensor> table)
    {
        table.Binary<Add>((a, b) => a.Plus(b));
        table.Binary<Subtract>((a, b) => a.Plus(b.neg()));
        table.Binary<Multiply>((a, b) => a.mul(b));
        table.Binary<Minimum>((a, b) => minimum(a, b));
        table.Binary<Maximum>((a, b) => maximum(a, b));
        table.Binary<LessEqual>((a, b) => a.le(b).to_type(ScalarType.Float32));
        table.Binary<GreaterEqual>((a, b) => a.ge(b).to_type(ScalarType.Float32));
        table.Binary<Mask>((a, b) => where(b.to_type(ScalarType.Bool), a, zeros_like(a)));
        table.Binary<TanhGradient>((a, b) => a.mul(b.mul(b).neg().Plus(1.0)));
        table.Binary<ReluGradient>((a, b) => where(b.gt(zeros_like(b)), a, zeros_like(a)));
    }
}
