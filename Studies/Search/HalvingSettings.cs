using System.ComponentModel.DataAnnotations;
using Studies.Trials;

namespace Studies.Search;

/// <summary>Asynchronous successive halving: many candidates train a little, and the best of them on (Li et al. 2018, arXiv 1810.05934).</summary>
internal sealed record HalvingSettings : MethodSettings
{
    /// <inheritdoc/>
    public override string Name => "halving";

    /// <inheritdoc/>
    public override string Description => "asynchronous successive halving: many train a little, the best of them on";

    /// <summary>Candidates that are begun.</summary>
    /// <value>1 to 100,000. Default 27.</value>
    [Range(1, 100_000)]
    public int Candidates { get; init; } = 27;

    /// <summary>A rung is this many times as long as the one below, and this part of its candidates goes on.</summary>
    /// <value>2 to 100. Default 3.</value>
    [Range(2, 100)]
    public int Reduction { get; init; } = 3;

    /// <summary>Environment steps of the lowest rung; further ones multiply it. Null for three rungs below the whole length.</summary>
    /// <value>At least 1.</value>
    [Range(1L, long.MaxValue)]
    public long? FirstRung { get; init; }

    /// <summary>How it cuts.</summary>
    /// <value>Default promotion.</value>
    public HalvingForm Form { get; init; } = HalvingForm.Promotion;

    /// <summary>Whether candidates are drawn by the model of good settings, as the method tpe does, from the highest rungs that were reached.</summary>
    /// <value>Default false: independent draws.</value>
    public bool UseModel { get; init; }

    /// <summary>Environment steps of the rungs, rising.</summary>
    /// <param name="totalSteps">Steps of a whole run.</param>
    public long[] RungsOf(long totalSteps)
    {
        var rungs = new List<long>();
        if (FirstRung is { } first)
        {
            // By multiplying whole numbers: a logarithm of 243 to 3 is less than 5.
            for (long rung = first; rung <= totalSteps; rung *= Reduction)
            {
                rungs.Add(rung);
                if (rung > totalSteps / Reduction)
                {
                    break;
                }
            }
            return rungs.Count > 0 ? [.. rungs] : [totalSteps];
        }
        for (long rung = totalSteps; rung > 0 && rungs.Count < 4; rung /= Reduction)
        {
            rungs.Insert(0, rung);
        }
        return [.. rungs];
    }

    internal override IStudyController Create(StudyOutline outline)
    {
        var proposer = new ParzenProposer(outline, new ParzenSettings().Startup, new ParzenSettings().Draws);
        return new HalvingController(
            outline,
            this,
            (number, trials) => UseModel ? proposer.Propose(number, trials()) : RandomSettings.Draw(outline, number)
        );
    }
}
