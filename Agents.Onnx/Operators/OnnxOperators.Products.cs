using Agents.Kernels;
using Agents.Onnx.Building;
using Agents.Programs;
using Agents.Programs.Execution;

namespace Agents.Onnx.Operators;

/// <content>Products: of rows, of a matrix of each row, and of images, which have their channels last, where ONNX has them first.</content>
internal static partial class OnnxOperators
{
    private static void AddProducts(FormTable<OnnxValue> table, OnnxGraph graph)
    {
        table.Several<Product>(call => [graph.Apply(call.Inputs.Length == 2 ? "MatMul" : "Gemm", call.Inputs)]);
        table.Several<ProductOfRows>(call => [graph.Apply("Gemm", call.Inputs, OnnxGraph.Integer("transB", 1))]);
        table.Binary<RowDots>((a, b) => graph.Product(a, graph.Transposed(b, 1, 0)));
        table.One<Transpose>((operation, call) => TransposedEach(graph, operation, call));
        table.Several<RowOuter>(call =>
        {
            (int rows, int columns) = (call.Node.Inputs[0].Columns, call.Node.Inputs[1].Columns);
            OnnxValue product = graph.Times(
                graph.Reshape(call.Inputs[0], 0, rows, 1),
                graph.Reshape(call.Inputs[1], 0, 1, columns)
            );
            return [graph.Reshape(product, 0, rows * columns)];
        });
        table.Several<RowTimesVector>(call =>
        {
            (int rows, int columns) = (call.Node.Outputs[0].Columns, call.Node.Inputs[1].Columns);
            OnnxValue product = graph.Product(
                graph.Reshape(call.Inputs[0], 0, rows, columns),
                graph.Reshape(call.Inputs[1], 0, columns, 1)
            );
            return [graph.Reshape(product, 0, rows)];
        });
        table.Several<RowVectorTimes>(call =>
        {
            (int rows, int columns) = (call.Node.Inputs[0].Columns, call.Node.Outputs[0].Columns);
            OnnxValue product = graph.Product(
                graph.Reshape(call.Inputs[0], 0, 1, rows),
                graph.Reshape(call.Inputs[1], 0, rows, columns)
            );
            return [graph.Reshape(product, 0, columns)];
        });
        table.One<RowProduct>(
            (operation, call) =>
            {
                int rows = call.Node.Inputs[0].Columns / operation.Inner;
                int columns = call.Node.Inputs[1].Columns / operation.Inner;
                OnnxValue product = graph.Product(
                    graph.Reshape(call.Inputs[0], 0, rows, operation.Inner),
                    graph.Reshape(call.Inputs[1], 0, operation.Inner, columns)
                );
                return graph.Reshape(product, 0, rows * columns);
            }
        );
        table.One<Convolution>((operation, call) => Convolved(graph, operation.Size, call.Inputs));
    }

    private static OnnxValue TransposedEach(OnnxGraph graph, Transpose operation, Call<OnnxValue> call)
    {
        Shape shape = call.Node.Inputs[0].Shape;
        (int matrices, int rows) = (operation.Matrices, shape.Rows / operation.Matrices);
        OnnxValue each = graph.Transposed(graph.Reshape(call.Inputs[0], matrices, rows, shape.Columns), 0, 2, 1);
        return graph.Reshape(each, matrices * shape.Columns, rows);
    }

    private static OnnxValue Convolved(OnnxGraph graph, ConvolutionShape size, OnnxValue[] inputs)
    {
        if (size is { Height: 1, Width: 1, Kernel: 1 })
        {
            return graph.Apply("Gemm", inputs);
        }
        OnnxValue image = graph.Reshape(inputs[0], 0, size.Height, size.Width, size.Channels);
        OnnxValue kernel = graph.Reshape(inputs[1], size.Kernel, size.Kernel, size.Channels, size.Filters);
        OnnxValue convolved = graph.Apply(
            "Conv",
            [graph.Transposed(image, 0, 3, 1, 2), graph.Transposed(kernel, 3, 2, 0, 1), graph.Reshape(inputs[2], size.Filters)],
            OnnxGraph.IntegersOf("kernel_shape", size.Kernel, size.Kernel),
            OnnxGraph.IntegersOf("strides", size.Stride, size.Stride)
        );
        return graph.Reshape(graph.Transposed(convolved, 0, 2, 3, 1), 0, size.OutputSize);
    }
}
