using System.ComponentModel.DataAnnotations;
using Agents.Yaml;
using Studies.Trials;

namespace Studies.Search;

/// <summary>Population based training: members train side by side, copy better ones and change what they copied (Jaderberg et al. 2017, arXiv 1711.09846).</summary>
internal sealed record PopulationSettings : MethodSettings
{
    private const int UsualEvents = 20;

    /// <inheritdoc/>
    public override string Name => "population";

    /// <inheritdoc/>
    public override string Description => "members train side by side, copy better ones and change what they copied";

    /// <inheritdoc/>
    public override bool IsPopulation => true;

    /// <summary>Members.</summary>
    /// <value>2 to 10,000. Default 8.</value>
    [Range(2, 10_000)]
    public int Members { get; init; } = 8;

    /// <summary>Environment steps of a member between two events; null for a twentieth of the whole.</summary>
    /// <value>At least 1.</value>
    [Range(1L, long.MaxValue)]
    public long? Ready { get; init; }

    /// <summary>Whom a member copies.</summary>
    /// <value>Default truncation.</value>
    public ExploitRule Exploit { get; init; } = ExploitRule.Truncation;

    /// <summary>Part of the members that is worst, and that is best.</summary>
    /// <value>0 to 0.5. Default 0.2, as in the paper.</value>
    [Range(0, 0.5)]
    public double Quantile { get; init; } = 0.2;

    /// <summary>Level of Welch's test.</summary>
    /// <value>0 to 1. Default 0.05.</value>
    [Range(0.0, 1.0)]
    public double Significance { get; init; } = 0.05;

    /// <summary>How copied values change.</summary>
    /// <value>Default both.</value>
    public ExploreRule Explore { get; init; } = ExploreRule.Both;

    /// <summary>Probability with which a value is drawn anew.</summary>
    /// <value>0 to 1. Default 0.25.</value>
    [Range(0.0, 1.0)]
    public double ResampleProbability { get; init; } = 0.25;

    /// <summary>Factor of a step down.</summary>
    /// <value>More than 0, up to 1. Default 0.8.</value>
    [Range(1e-6, 1.0)]
    public double FactorDown { get; init; } = 0.8;

    /// <summary>Factor of a step up.</summary>
    /// <value>1 to 1,000,000. Default 1.2.</value>
    [Range(1.0, 1e6)]
    public double FactorUp { get; init; } = 1.2;

    /// <summary>Environment steps between two events.</summary>
    /// <param name="totalSteps">Steps of a member.</param>
    public long ReadyOf(long totalSteps) => Math.Min(Ready ?? Math.Max(1, totalSteps / UsualEvents), totalSteps);

    internal override IStudyController Create(StudyOutline outline) =>
        outline.Seeds != 1
            ? throw new SettingsException(
                "seeds: a population has one seed for each member, from first_seed on. Leave seeds out, and set population.members; for repeats change first_seed."
            )
        : outline.Space.Parameters.FirstOrDefault(parameter => parameter.When is not null) is { } conditional
            ? throw new SettingsException(
                $"space.{conditional.Key} depends on another setting, and members of a population all have the same ones. Take the condition out."
            )
        : new PopulationController(outline, this);
}
