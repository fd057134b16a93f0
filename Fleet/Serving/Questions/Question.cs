namespace Fleet.Serving.Questions;

/// <summary>What a body of <c>POST /v1/act</c> asks.</summary>
internal sealed class Question
{
    /// <summary><c>[B, ObservationSize]</c>.</summary>
    public List<float> Observations { get; } = [];

    /// <summary><c>[B]</c>, or empty.</summary>
    public List<bool> EpisodeStarts { get; } = [];

    /// <summary><c>[B, CoreStateSize]</c>, or empty.</summary>
    public List<float> CoreState { get; } = [];

    /// <summary>Whether one observation was sent by itself, so that the answer is about one, too.</summary>
    public bool IsSingle { get; set; }

    /// <summary>Whether the policy acts in its own way; else the most probable actions are taken.</summary>
    public bool Sample { get; set; }

    /// <summary>Whether the answer holds what was drawn, in place of actions of the space.</summary>
    public bool Raw { get; set; }

    /// <summary>Rows of observations.</summary>
    public int Rows { get; set; }
}
