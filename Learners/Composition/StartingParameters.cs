using Agents.Networks;
using Agents.Programs;

namespace Learners.Composition;

/// <summary>Parameters that a learner begins with in place of fresh ones: another policy's or learner's, by name and shape. Immutable.</summary>
/// <param name="layout">Where they lie.</param>
/// <param name="parameters">All of them, flat; not changed from here on.</param>
/// <param name="redrawn">Names of those that begin fresh none the less.</param>
/// <param name="knowsValues">Whether the value head is among them, which gives values in units of the rewards that it was trained on.</param>
/// <param name="sources">For some of the learner's parameters the name of the one that they begin with, null for fresh; the others have the same name.</param>
internal sealed class StartingParameters(
    ParameterLayout layout,
    float[] parameters,
    IReadOnlySet<string> redrawn,
    bool knowsValues,
    IReadOnlyDictionary<string, string?>? sources = null
)
{
    /// <summary>Whether the value head is among them, which gives values in units of the rewards that it was trained on.</summary>
    public bool KnowsValues => knowsValues;

    /// <summary>Puts them over fresh ones.</summary>
    /// <param name="destination">The learner's layout.</param>
    /// <param name="fresh">Its fresh parameters.</param>
    public void CopyTo(ParameterLayout destination, Span<float> fresh)
    {
        foreach (ParameterSlot slot in destination.Slots)
        {
            string? source = sources is not null && sources.TryGetValue(slot.Name, out string? other) ? other : slot.Name;
            if (source is not null && !redrawn.Contains(slot.Name))
            {
                layout[source].In((ReadOnlySpan<float>)parameters).CopyTo(slot.In(fresh));
            }
        }
    }
}
