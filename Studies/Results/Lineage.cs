using Studies.Trials;

namespace Studies.Results;

/// <summary>Who copied whom in a population.</summary>
internal static class Lineage
{
    /// <summary>Every copy, in the order in which it happened.</summary>
    public static IEnumerable<LineageRow> Rows(StudyState state)
    {
        foreach (LegRecord record in state.Legs)
        {
            if (record.Leg.CopyOf is { } copied)
            {
                LegRecord source = state.Legs[copied];
                LegRecord? own = record.Leg.Continues is { } before ? state.Legs[before] : null;
                yield return new LineageRow(
                    record.Leg.Number,
                    record.Leg.Trial,
                    source.Leg.Trial,
                    own?.Result!.Steps ?? 0,
                    source.Result!.Steps,
                    own?.Result!.Score ?? double.NaN,
                    source.Result!.Score,
                    own?.Leg.Values,
                    source.Leg.Values,
                    record.Leg.Values
                );
            }
        }
    }

    /// <summary>The values that parameters were trained with, from their first step to a leg's end, following them through every copy.</summary>
    /// <remarks>Walks back from the leg: where it copied, its parameters are those of the leg that it copied.</remarks>
    /// <param name="state">The study.</param>
    /// <param name="last">The leg, usually the winner's.</param>
    /// <returns>Legs in the order in which they trained these parameters, each with the steps that it trained them.</returns>
    public static IReadOnlyList<(Leg Leg, long Steps)> Schedule(StudyState state, LegRecord last)
    {
        var legs = new List<(Leg, long)>();
        for (LegRecord? at = last; at is not null; )
        {
            LegRecord? own = at.Leg.Continues is { } number ? state.Legs[number] : null;
            legs.Insert(0, (at.Leg, at.Result!.Steps - (own?.Result!.Steps ?? 0)));
            at = at.Leg.CopyOf is { } copied ? state.Legs[copied] : own;
        }
        return legs;
    }
}

/// <summary>One copy.</summary>
/// <param name="Leg">The leg that began with it.</param>
/// <param name="Member">Who copied.</param>
/// <param name="Source">Who was copied.</param>
/// <param name="OwnSteps">Environment steps of the member.</param>
/// <param name="SourceSteps">Environment steps of the source when it had saved what was copied.</param>
/// <param name="OwnScore">Score of the member before; not a number where it had none.</param>
/// <param name="SourceScore">Score of the source.</param>
/// <param name="Before">Values of the member before; null where it had trained nothing.</param>
/// <param name="Copied">Values of the source.</param>
/// <param name="After">Values from there on.</param>
internal sealed record LineageRow(
    int Leg,
    int Member,
    int Source,
    long OwnSteps,
    long SourceSteps,
    double OwnScore,
    double SourceScore,
    SearchPoint? Before,
    SearchPoint Copied,
    SearchPoint After
);
