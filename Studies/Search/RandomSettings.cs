using System.ComponentModel.DataAnnotations;
using Environments.Randomness;
using Studies.Trials;

namespace Studies.Search;

/// <summary>Independent draws from the space.</summary>
internal sealed record RandomSettings : MethodSettings
{
    /// <inheritdoc/>
    public override string Name => "random";

    /// <inheritdoc/>
    public override string Description => "independent draws";

    /// <summary>Settings that are tried.</summary>
    /// <value>1 to 100,000. Default 20.</value>
    [Range(1, 100_000)]
    public int Candidates { get; init; } = 20;

    internal override IStudyController Create(StudyOutline outline) =>
        new SweepController(outline, Candidates, (number, _) => Draw(outline, number));

    /// <summary>The draw of a candidate, which depends on nothing else.</summary>
    public static SearchPoint Draw(StudyOutline outline, int candidate)
    {
        Pcg64 random = StreamOf(outline, candidate);
        return outline.Space.Draw(ref random);
    }

    /// <summary>The random stream of a decision, so that it is the same after a restart.</summary>
    public static Pcg64 StreamOf(StudyOutline outline, int decision) =>
        new(new SeedSequence(outline.Draws).Child((uint)decision));
}
