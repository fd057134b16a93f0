using System.ComponentModel.DataAnnotations;
using Agents.Networks;
using Environments.Randomness;
using Learners.Composition;

namespace Learners.Optimizers.Kfac;

/// <summary>Settings of the Kronecker-factored natural gradient with a trust region. Immutable.</summary>
/// <remarks>
/// Defaults are those of ACKTR (Wu et al. 2017) and its released code, except that eigenbases are renewed where factors have moved, and not
/// by a thread of their own, so that a run can be repeated bit for bit; and that factors come from a share of the rows. The learner's limit
/// on the gradient's length does not apply: the trust region bounds the step.
/// <para>
/// Factors come from the Fisher matrix of the newest policy: actions and values are drawn anew from the network at the observations of the
/// batch, whoever acted, so that stale unrolls and several updates on one unroll bias nothing but which observations count.
/// </para>
/// </remarks>
public sealed record KfacSettings : OptimizerSettings
{
    /// <inheritdoc/>
    public override string Name => "kfac";

    /// <inheritdoc/>
    public override string Description => "natural gradient of Kronecker factors within a trust region (Wu et al. 2017)";

    /// <summary>Twice the KL divergence that the quadratic model of a step may reach within one trust region.</summary>
    /// <value>Above 0, to 100. Default 0.001.</value>
    [Range(1e-12, 100.0)]
    public double KlClip { get; init; } = 0.001;

    /// <summary>Whether actor and critic share a trust region.</summary>
    /// <value>Default joint.</value>
    public TrustRegionScope TrustRegion { get; init; }

    /// <summary>Share of the previous step's direction that is kept, μ; steps are scaled by 1 − μ.</summary>
    /// <value>0 to 0.999999. Default 0.9.</value>
    [Range(0.0, 0.999999)]
    public double Momentum { get; init; } = 0.9;

    /// <summary>λ, which keeps the Fisher matrix away from singular.</summary>
    /// <value>1e-8 to 1e3. Default 0.01.</value>
    [Range(1e-8, 1e3)]
    public double Damping { get; init; } = 0.01;

    /// <summary>Where the damping is added.</summary>
    /// <value>Default plain.</value>
    public DampingKind DampingKind { get; init; }

    /// <summary>Share of the factors that is kept per update, ρ, once they are warm.</summary>
    /// <value>0 to 0.999999. Default 0.99.</value>
    [Range(0.0, 0.999999)]
    public double StatisticsDecay { get; init; } = 0.99;

    /// <summary>First updates over which factors are plain means, before they are running averages.</summary>
    /// <value>1 to 1,000,000. Default 10.</value>
    [Range(1, 1_000_000)]
    public int WarmUpdates { get; init; } = 10;

    /// <summary>
    /// Share of rows that factors are gathered from once they are warm, in blocks of 64 chosen by lot; a memory's batch, and any batch of the
    /// tensor library, counts whole or not at all.
    /// </summary>
    /// <value>0.001 to 1. Default 0.03125. Martens and Grosse 2015, section 8, found an eighth enough for much larger networks.</value>
    [Range(0.001, 1.0)]
    public double StatisticsShare { get; init; } = 0.03125;

    /// <summary>
    /// Most updates after which the bases of factors that have moved are renewed: by a step of orthogonal iteration, or by a decomposition where
    /// that does not suffice. Within the first updates it is a quarter of those done, since young averages move faster.
    /// </summary>
    /// <value>1 to 100,000. Default 50.</value>
    [Range(1, 100_000)]
    public int DecompositionInterval { get; init; } = 50;

    /// <summary>How far a factor may move before its basis is renewed, in Frobenius norms of itself; 0 for every time.</summary>
    /// <value>0 to 1. Default 0.1.</value>
    [Range(0.0, 1.0)]
    public double DecompositionTolerance { get; init; } = 0.1;

    /// <summary>Whether another thread decomposes while training goes on with the bases that are ready. Runs then differ from each other.</summary>
    /// <value>Default false.</value>
    public bool Asynchronous { get; init; }

    /// <summary>First updates that are plain gradient steps, while factors are gathered.</summary>
    /// <value>0 to 1,000,000. Default 10.</value>
    [Range(0, 1_000_000)]
    public int ColdUpdates { get; init; } = 10;

    /// <summary>Step size of the cold updates.</summary>
    /// <value>0 to 10. Default 0.03.</value>
    [Range(0.0, 10.0)]
    public double ColdLearningRate { get; init; } = 0.03;

    /// <summary>Length to which the gradient of a cold update is cut.</summary>
    /// <value>Above 0, to 1e6. Default 0.5.</value>
    [Range(1e-6, 1e6)]
    public double ColdMaxGradientNorm { get; init; } = 0.5;

    /// <summary>Weight of the critic's Fisher matrix: 1 / σ² of its Gaussian.</summary>
    /// <value>Above 0, to 1e6. Default 4, as the released code computes it; 1 is the text of the paper.</value>
    [Range(1e-6, 1e6)]
    public double CriticFisherScale { get; init; } = 4;

    /// <summary>Where biases belong.</summary>
    /// <value>Default homogeneous.</value>
    public BiasKind Bias { get; init; }

    /// <summary>What uses of a weight at several positions or steps are to each other.</summary>
    /// <value>Default independent.</value>
    public SharedUses SharedUses { get; init; }

    internal override bool NeedsCurvature => true;

    internal override IOptimizer Create(ParameterLayout layout, ref Pcg64 random) =>
        new Kfac(layout, this, new Pcg64(random.NextUInt64()));

    internal override IEnumerable<MemoryPart> MemoryOf(ParameterLayout layout) =>
        Kfac.LayersOf(layout)
            .SelectMany(weight =>
                new[] { weight.Shape[0], weight.Size / weight.Shape[0] }.Select(side => new MemoryPart(
                    $"a Kronecker factor of {weight.Name}, {side} × {side}",
                    "Choose another optimizer than kfac, lower network.hidden_sizes, or give the environment smaller spaces",
                    (double)side * side,
                    3
                ))
            );

    internal override double WorkOf(ParameterLayout layout) =>
        30 * Kfac.LayersOf(layout).Sum(slot => Math.Pow(slot.Shape[0], 3) + Math.Pow(slot.Size / slot.Shape[0], 3));
}
