using System.ComponentModel.DataAnnotations;
using Studies.Trials;

namespace Studies.Search;

/// <summary>A tree-structured Parzen estimator: draws where good settings are denser than bad ones (Bergstra et al. 2011).</summary>
internal sealed record ParzenSettings : MethodSettings
{
    /// <inheritdoc/>
    public override string Name => "tpe";

    /// <inheritdoc/>
    public override string Description => "draws where good settings were denser than bad ones";

    /// <summary>Settings that are tried.</summary>
    /// <value>1 to 100,000. Default 40.</value>
    [Range(1, 100_000)]
    public int Candidates { get; init; } = 40;

    /// <summary>Candidates that are drawn at random first, and have ended before the model is used.</summary>
    /// <value>1 to 100,000. Default 10.</value>
    [Range(1, 100_000)]
    public int Startup { get; init; } = 10;

    /// <summary>Draws from the density of good settings, of which the best is taken.</summary>
    /// <value>1 to 10,000. Default 24.</value>
    [Range(1, 10_000)]
    public int Draws { get; init; } = 24;

    internal override IStudyController Create(StudyOutline outline)
    {
        var proposer = new ParzenProposer(outline, Startup, Draws);
        return new SweepController(outline, Candidates, (number, state) => proposer.Propose(number, Trials(outline, state)));
    }

    // Candidates that still train count as the worst, so that others keep away from them.
    private static List<ParzenTrial> Trials(StudyOutline outline, StudyState state)
    {
        var candidates = new Candidates(outline, state);
        return
        [
            .. Enumerable
                .Range(0, candidates.Count)
                .Select(i => new ParzenTrial(
                    candidates.ValuesOf(i),
                    outline.TotalSteps,
                    candidates.ScoreAt(i, outline.TotalSteps)
                )),
        ];
    }
}
