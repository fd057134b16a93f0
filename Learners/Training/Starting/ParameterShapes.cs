using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Programs;

namespace Learners.Training;

/// <summary>Whether parameters of one network can be copied into another one: by name and shape, and by the part of the observation that they read.</summary>
internal static class ParameterShapes
{
    /// <summary>Whether one array can be copied into the other.</summary>
    public static bool Fits(ParameterSlot? theirs, ParameterSlot ours) =>
        theirs is not null && theirs.Shape.AsSpan().SequenceEqual(ours.Shape);

    /// <summary>A parameter of both sides with its shapes, in words.</summary>
    public static string Compare(string name, ParameterSlot? theirs, ParameterSlot? ours) =>
        $"{name} is {Shape(theirs)} there and {Shape(ours)} here";

    /// <summary>All that differs between two networks, in words; empty where nothing does.</summary>
    /// <param name="other">The other network.</param>
    /// <param name="network">This one.</param>
    /// <param name="isMeant">Which slots are compared, of either side.</param>
    public static string Differences(NetworkSpec other, NetworkSpec network, Func<ParameterSlot, bool>? isMeant = null)
    {
        (var theirs, var ours) = (new ParameterLayout(other), new ParameterLayout(network));
        isMeant ??= _ => true;
        IEnumerable<string> misfits = ours
            .Slots.Where(slot => isMeant(slot) && !Fits(theirs.Find(slot.Name), slot))
            .Select(slot => Compare(slot.Name, theirs.Find(slot.Name), slot));
        IEnumerable<string> missing = theirs
            .Slots.Where(slot => isMeant(slot) && ours.Find(slot.Name) is null)
            .Select(slot => Compare(slot.Name, slot, null));
        (string there, string here) = (ViewOf(other), ViewOf(network));
        string[] views = there == here ? [] : [$"network.view is {there} there and {here} here"];
        return string.Join("; ", views.Concat(misfits).Concat(missing));
    }

    private static string ViewOf(NetworkSpec spec) => ObservationView.Describe(spec.ObservationSpace, spec.Settings.View);

    private static string Shape(ParameterSlot? slot) => slot is null ? "missing" : $"[{string.Join(", ", slot.Shape)}]";
}
