using Agents.Kernels;
using Agents.Programs;
using Agents.Programs.Execution;

namespace Tests.AgentTests.Programs.Doubles;

/// <content>Operators on images: every pair of a pixel and an output that share a weight, one by one.</content>
internal static partial class DoubleForms
{
    private static void AddImages(FormTable<DoubleArray> table)
    {
        table.One<Convolution>(
            (operation, call) =>
            {
                ConvolutionShape size = operation.Size;
                (DoubleArray images, DoubleArray weight, DoubleArray bias) = (call.Inputs[0], call.Inputs[1], call.Inputs[2]);
                DoubleArray outputs = DoubleArray.Make(images.Rows, size.OutputSize, (_, i) => bias[0, i % size.Filters]);
                ForPairs(
                    size,
                    images.Rows,
                    (row, pixel, output, patch, filter) => outputs[row, output] += images[row, pixel] * weight[patch, filter]
                );
                return outputs;
            }
        );
        table.One<ConvolutionInputGradient>(
            (operation, call) =>
            {
                (DoubleArray gradient, DoubleArray weight) = (call.Inputs[0], call.Inputs[1]);
                var images = new DoubleArray(gradient.Rows, operation.Size.InputSize);
                ForPairs(
                    operation.Size,
                    gradient.Rows,
                    (row, pixel, output, patch, filter) => images[row, pixel] += gradient[row, output] * weight[filter, patch]
                );
                return images;
            }
        );
        table.One<ConvolutionSum>(
            (operation, call) =>
            {
                (DoubleArray images, DoubleArray gradient) = (call.Inputs[0], call.Inputs[1]);
                var weight = new DoubleArray(operation.Size.PatchSize, operation.Size.Filters);
                ForPairs(
                    operation.Size,
                    images.Rows,
                    (row, pixel, output, patch, filter) => weight[patch, filter] += images[row, pixel] * gradient[row, output]
                );
                return weight;
            }
        );
        table.One<SumGroups>(
            (operation, call) =>
                DoubleArray.Make(
                    1,
                    operation.Columns,
                    (_, column) =>
                        Sum(
                            call.Inputs[0].Rows * (call.Inputs[0].Columns / operation.Columns),
                            i => call.Inputs[0].Numbers[i * operation.Columns + column]
                        )
                )
        );
    }

    private static void ForPairs(ConvolutionShape size, int rows, Action<int, int, int, int, int> pair)
    {
        for (int row = 0; row < rows; row++)
        {
            for (int output = 0; output < size.OutputSize; output++)
            {
                int filter = output % size.Filters;
                int x = output / size.Filters % size.OutputWidth;
                int y = output / size.Filters / size.OutputWidth;
                for (int patch = 0; patch < size.PatchSize; patch++)
                {
                    int channel = patch % size.Channels;
                    int left = patch / size.Channels % size.Kernel;
                    int top = patch / size.Channels / size.Kernel;
                    int pixel = ((y * size.Stride + top) * size.Width + x * size.Stride + left) * size.Channels + channel;
                    pair(row, pixel, output, patch, filter);
                }
            }
        }
    }
}
