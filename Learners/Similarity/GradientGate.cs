using System.Numerics.Tensors;
using Agents.Programs;
using Environments.State;
using Learners.Optimizers;

namespace Learners.Similarity;

/// <summary>Lets the gradient of one auxiliary loss through where it goes the way of the main loss's (Du et al. 2018, arXiv 1812.02224, section 3).</summary>
/// <remarks>
/// Weighted and unweighted keep ⟨d, g_m⟩ ≥ |g_m|² in every block, so that a small step of plain descent lowers the main loss. Where either gradient is 0 the
/// cosine is taken for 0. Owns its running estimates: they all lack the same factor at the start, which cosines and projections do not see.
/// </remarks>
internal sealed class GradientGate
{
    private const int Products = 3; // ⟨m, a⟩, |m|², |a|²

    private readonly GradientSimilaritySettings _settings;
    private readonly ParameterSlot[][] _blocks;
    private readonly ParameterSlot[] _own;
    private readonly double[] _estimates; // the products of each block

    /// <summary>A gate before its first update.</summary>
    /// <param name="settings">How it decides; its rule is not none.</param>
    /// <param name="shared">Arrays that both losses reach.</param>
    /// <param name="own">Arrays that the auxiliary loss alone reaches, such as its head; nothing is decided about them.</param>
    public GradientGate(
        GradientSimilaritySettings settings,
        IReadOnlyList<ParameterSlot> shared,
        IReadOnlyList<ParameterSlot> own
    )
    {
        _settings = settings;
        _own = [.. own];
        _blocks = settings.Blocks switch
        {
            SimilarityBlocks.Whole =>
            [
                [.. shared],
            ],
            SimilarityBlocks.Layer => [.. shared.GroupBy(LayerOf).Select(layer => layer.ToArray())],
        };
        _estimates = new double[Products * _blocks.Length];
    }

    /// <summary>The cosine that decided last, −1 to 1: the mean over blocks where neither gradient is 0; not a number where there is none.</summary>
    public double Similarity { get; private set; } = double.NaN;

    /// <summary>Share of those blocks where the auxiliary gradient went through: weighted above 0, unweighted at all, not projected.</summary>
    public double Open { get; private set; } = double.NaN;

    /// <summary>Adds what goes through.</summary>
    /// <param name="main">Gradient of the main loss, flat.</param>
    /// <param name="auxiliary">That of the auxiliary loss, its weight included.</param>
    /// <param name="sum">Changed in place.</param>
    public void Add(ReadOnlySpan<float> main, ReadOnlySpan<float> auxiliary, Span<float> sum)
    {
        Span<double> products = stackalloc double[Products];
        double similarities = 0;
        int open = 0;
        int compared = 0;
        for (int block = 0; block < _blocks.Length; block++)
        {
            Estimate(block, main, auxiliary, products);
            (double product, double lengths) = (products[0], Math.Sqrt(products[1] * products[2]));
            double cosine = lengths == 0 ? 0 : product / lengths;
            (double share, double ofMain) = Passing(cosine, product, products[1]);
            foreach (ParameterSlot slot in _blocks[block])
            {
                AddScaled(slot.In(auxiliary), share, slot.In(sum));
                AddScaled(slot.In(main), ofMain, slot.In(sum));
            }
            if (lengths != 0)
            {
                similarities += cosine;
                open += share != 0 && ofMain == 0 ? 1 : 0;
                compared++;
            }
        }
        foreach (ParameterSlot slot in _own)
        {
            AddScaled(slot.In(auxiliary), 1, slot.In(sum));
        }
        Similarity = similarities / compared;
        Open = (double)open / compared;
    }

    /// <summary>Saves the running estimates, where there are some.</summary>
    /// <param name="state">Where.</param>
    /// <param name="name">Their name.</param>
    public void SaveState(StateDictionary state, string name)
    {
        if (_settings.Averaging > 0)
        {
            state.Set<double>(name, _estimates);
        }
    }

    /// <summary>Continues from saved ones.</summary>
    /// <inheritdoc cref="SaveState"/>
    public void LoadState(StateDictionary state, string name)
    {
        if (_settings.Averaging > 0)
        {
            state.ReadFinite<double>(name, _estimates);
        }
    }

    private static string LayerOf(ParameterSlot slot) => slot.Name[..Math.Max(0, slot.Name.LastIndexOf('.'))];

    // Estimates that are no numbers decide, which ends the update, and are not remembered: a run may outlive it.
    private void Estimate(int block, ReadOnlySpan<float> main, ReadOnlySpan<float> auxiliary, Span<double> products)
    {
        Span<double> remembered = _estimates.AsSpan(Products * block, Products);
        products.Clear();
        foreach (ParameterSlot slot in _blocks[block])
        {
            ReadOnlySpan<float> m = slot.In(main);
            ReadOnlySpan<float> a = slot.In(auxiliary);
            products[0] += InnerProduct.Of(m, a);
            products[1] += InnerProduct.Of(m, m);
            products[2] += InnerProduct.Of(a, a);
        }
        double kept = _settings.Averaging;
        for (int i = 0; i < Products; i++)
        {
            products[i] = kept * remembered[i] + (1 - kept) * products[i];
        }
        if (double.IsFinite(products[1] + products[2]))
        {
            products.CopyTo(remembered);
        }
    }

    // Factors of the auxiliary gradient and of the main one in what is added. A cosine that is no number goes on as one, so that the run ends.
    private (double OfAuxiliary, double OfMain) Passing(double cosine, double product, double mainSquared) =>
        _settings.Rule switch
        {
            SimilarityRule.Weighted => (Math.Max(0, cosine), 0),
            SimilarityRule.Unweighted => (cosine < 0 ? 0 : 1, 0),
            SimilarityRule.Projection => (1, product < 0 ? -product / mainSquared : 0),
            SimilarityRule.None => throw new InvalidOperationException("Without a rule no gate is made."),
        };

    private static void AddScaled(ReadOnlySpan<float> gradient, double factor, Span<float> sum)
    {
        if (factor != 0)
        {
            TensorPrimitives.MultiplyAdd(gradient, (float)factor, sum, sum);
        }
    }
}
