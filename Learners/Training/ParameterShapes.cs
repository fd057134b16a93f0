using Agents.Networks;
using Agents.Programs;

namespace Learners.Training;

/// <summary>Whether parameters of one network can be copied into another one, by name and shape.</summary>
internal static class ParameterShapes
{
    /// <summary>Whether one array can be copied into the other.</summary>
    public static bool Fits(ParameterSlot? theirs, ParameterSlot ours) =>
        theirs is not null && theirs.Shape.AsSpan().SequenceEqual(ours.Shape);

    /// <summary>A parameter of both sides with its shapes, in words.</summary>
    public static string Compare(string name, ParameterSlot? theirs, ParameterSlot? ours) =>
        $"{name} is {Shape(theirs)} there and {Shape(ours)} here";

    /// <summary>All that differs between slots of two networks, in words; empty where nothing does.</summary>
    /// <param name="theirs">All slots of the other network.</param>
    /// <param name="ours">All slots of this one.</param>
    /// <param name="isMeant">Which slots are compared, of either side.</param>
    public static string Differences(ParameterLayout theirs, ParameterLayout ours, Func<ParameterSlot, bool>? isMeant = null)
    {
        isMeant ??= _ => true;
        IEnumerable<string> misfits = ours
            .Slots.Where(slot => isMeant(slot) && !Fits(theirs.Find(slot.Name), slot))
            .Select(slot => Compare(slot.Name, theirs.Find(slot.Name), slot));
        IEnumerable<string> missing = theirs
            .Slots.Where(slot => isMeant(slot) && ours.Find(slot.Name) is null)
            .Select(slot => Compare(slot.Name, slot, null));
        return string.Join("; ", misfits.Concat(missing));
    }

    private static string Shape(ParameterSlot? slot) => slot is null ? "missing" : $"[{string.Join(", ", slot.Shape)}]";
}
