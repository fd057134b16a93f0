using Agents.Kernels;
using Agents.Programs;
using Agents.Programs.Execution;
using static TorchSharp.torch;

namespace Agents.Torch;

/// <content>Operators on images, which have their channels last, where libtorch has them first.</content>
internal static partial class TorchForms
{
    private static void AddImages(FormTable<Tensor> table)
    {
        table.One<Convolution>(
            (operation, call) =>
            {
                ConvolutionShape size = operation.Size;
                Tensor output = nn.functional.conv2d(
                    ToChannelsFirst(call.Inputs[0], size.Height, size.Width, size.Channels),
                    KernelOf(call.Inputs[1].t(), size),
                    call.Inputs[2].view(-1),
                    [size.Stride, size.Stride]
                );
                return ToChannelsLast(output);
            }
        );
        table.One<ConvolutionInputGradient>(
            (operation, call) =>
            {
                ConvolutionShape size = operation.Size;
                Tensor image = nn.functional.conv_transpose2d(
                    ToChannelsFirst(call.Inputs[0], size.OutputHeight, size.OutputWidth, size.Filters),
                    KernelOf(call.Inputs[1], size),
                    null,
                    [size.Stride, size.Stride],
                    null,
                    [(size.Height - size.Kernel) % size.Stride, (size.Width - size.Kernel) % size.Stride]
                );
                return ToChannelsLast(image);
            }
        );
        table.One<ConvolutionSum>(
            (operation, call) =>
            {
                ConvolutionShape size = operation.Size;
                long rows = call.Inputs[0].shape[0];
                long positions = size.OutputHeight * size.OutputWidth;
                Tensor patches = nn
                    .functional.unfold(
                        ToChannelsFirst(call.Inputs[0], size.Height, size.Width, size.Channels),
                        (size.Kernel, size.Kernel),
                        (1, 1),
                        (0, 0),
                        (size.Stride, size.Stride)
                    )
                    .view(rows, size.Channels, size.Kernel, size.Kernel, positions)
                    .permute(2, 3, 1, 0, 4)
                    .reshape(size.PatchSize, rows * positions);
                return patches.matmul(call.Inputs[1].reshape(rows * positions, size.Filters));
            }
        );
        table.One<SumGroups>((operation, call) => call.Inputs[0].reshape(-1, operation.Columns).sum([0L], true));
    }

    private static Tensor ToChannelsFirst(Tensor rows, int height, int width, int channels) =>
        rows.reshape(-1, height, width, channels).permute(0, 3, 1, 2);

    private static Tensor ToChannelsLast(Tensor images) => images.permute(0, 2, 3, 1).reshape(images.shape[0], -1);

    // [Filters, kernel rows, kernel columns, channels] to libtorch's [Filters, channels, kernel rows, kernel columns].
    private static Tensor KernelOf(Tensor weight, ConvolutionShape size) =>
        weight.reshape(size.Filters, size.Kernel, size.Kernel, size.Channels).permute(0, 3, 1, 2);
}
