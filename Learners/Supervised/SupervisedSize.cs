using System.Globalization;
using Agents.Networks;
using Agents.Yaml;
using Learners.Data;

namespace Learners.Supervised;

/// <summary>What a run needs at least of the machine's memory, told before it is allocated: settings that are possible each by itself can multiply to more than there is.</summary>
internal static class SupervisedSize
{
    private const int ParameterCopies = 6; // values, gradient, two means, transposed weights, those of the evaluator

    /// <summary>Checks a run.</summary>
    /// <exception cref="SettingsException">It needs more than there is.</exception>
    public static void Require(SupervisedSettings settings, DataForm form) =>
        Require(settings, form, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    /// <summary>Checks a run.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="form">What its samples look like.</param>
    /// <param name="limit">Bytes that it may need.</param>
    /// <exception cref="SettingsException">It needs more.</exception>
    public static void Require(SupervisedSettings settings, DataForm form, long limit)
    {
        NetworkSpec spec = SupervisedNetwork.SpecOf(form, settings.Network);
        double rows = (double)form.Steps * settings.BatchSize;
        double perRow = form.Inputs.Size + spec.FeatureSize + 2.0 * form.Targets.HeadSize + form.Targets.Width;
        int copies = ParameterCopies + settings.Similarity.GradientsOf(form.Targets.Auxiliary.Count);
        double floats = rows * perRow * 2 + (double)copies * new ParameterLayout(spec).Count;
        double largest = rows * Math.Max(spec.FeatureSize, Math.Max(form.Inputs.Size, form.Targets.HeadSize));
        if (largest > Array.MaxLength || floats * sizeof(float) > limit)
        {
            throw new SettingsException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The run needs at least {floats * sizeof(float) / 1e6:#,0} MB of memory for batches of {settings.BatchSize} × {form.Steps} steps with {spec.FeatureSize} inputs and {form.Targets.HeadSize} outputs, and {limit / 1e6:#,0} MB are there. Lower batch_size, the steps of a sequence or the network."
                )
            );
        }
    }
}
