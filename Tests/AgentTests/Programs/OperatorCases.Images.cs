using Agents.Kernels;
using Agents.Programs;

namespace Tests.AgentTests.Programs;

/// <content>Operators on images: odd sizes, a stride that leaves a border out, and a single pixel.</content>
internal static partial class OperatorCases
{
    private static readonly ConvolutionShape Odd = new(5, 6, 2, 2, 2, 3);
    private static readonly ConvolutionShape Pixel = new(1, 1, 5, 1, 1, 9);

    private static void AddImages(Dictionary<Type, Action<Problem>> builders)
    {
        builders[typeof(Convolution)] = p =>
        {
            foreach (
                (ConvolutionShape size, bool sparse) in ((ConvolutionShape, bool)[])[(Odd, false), (Odd, true), (Pixel, true)]
            )
            {
                string name = $"{size.Height}{sparse}";
                Value weight = p.Parameter("w" + name, size.PatchSize, size.Filters, Numbers.Spread);
                Value bias = p.Parameter("b" + name, 1, size.Filters, Numbers.Spread);
                Value images = p.Input("x" + name, size.InputSize, Numbers.Spread);
                p.Ask(p.Graph.Apply(new Convolution(size, sparse), images, weight, bias)[0]);
            }
        };
        builders[typeof(ConvolutionInputGradient)] = p =>
        {
            Value weight = p.Parameter("w", Odd.Filters, Odd.PatchSize, Numbers.Spread);
            p.Ask(p.Graph.Apply(new ConvolutionInputGradient(Odd), p.Input("g", Odd.OutputSize, Numbers.Spread), weight)[0]);
        };
        builders[typeof(ConvolutionSum)] = p =>
        {
            foreach (bool sparse in (bool[])[false, true])
            {
                Value images = p.Input($"x{sparse}", Odd.InputSize, Numbers.Bell);
                Value gradient = p.Input($"g{sparse}", Odd.OutputSize, Numbers.Bell);
                p.Ask(p.Graph.Apply(new ConvolutionSum(Odd, sparse), images, gradient)[0]);
            }
        };
        builders[typeof(SumGroups)] = p => p.Ask(p.Graph.Apply(new SumGroups(3), p.Input("x", 12, Numbers.Bell))[0]);
    }
}
