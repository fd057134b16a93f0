using Studies.Trials;

namespace Studies.Search;

/// <summary>Every combination of the listed values.</summary>
internal sealed record GridSettings : MethodSettings
{
    /// <inheritdoc/>
    public override string Name => "grid";

    /// <inheritdoc/>
    public override string Description => "every combination of listed values";

    internal override IStudyController Create(StudyOutline outline)
    {
        IReadOnlyList<SearchPoint> points = outline.Space.Grid();
        return new SweepController(outline, points.Count, (number, _) => points[number]);
    }
}
