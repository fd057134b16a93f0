using System.Runtime.InteropServices;

namespace Fleet.Serving;

/// <summary>What a body of <c>POST /v1/act</c> asks.</summary>
internal sealed class Question
{
    /// <summary><c>[B, ObservationSize]</c>.</summary>
    public List<float> Observations { get; } = [];

    /// <summary><c>[B]</c>, or empty.</summary>
    public List<bool> EpisodeStarts { get; } = [];

    /// <summary><c>[B, CoreStateSize]</c>, or empty.</summary>
    public List<float> CoreState { get; } = [];

    /// <summary>Whether the policy acts in its own way; else the most probable actions are taken.</summary>
    public bool Sample { get; set; }

    /// <summary>Whether the answer holds what was drawn, in place of actions of the space.</summary>
    public bool Raw { get; set; }

    /// <summary>Rows of observations.</summary>
    public int Rows { get; set; }

    /// <summary>Lets a policy answer.</summary>
    /// <exception cref="ArgumentException">It makes no sense.</exception>
    public PolicyAnswer Ask(PolicyDesk desk) =>
        desk.Act(
            CollectionsMarshal.AsSpan(Observations),
            CollectionsMarshal.AsSpan(EpisodeStarts),
            CollectionsMarshal.AsSpan(CoreState),
            Sample,
            Raw
        );
}
