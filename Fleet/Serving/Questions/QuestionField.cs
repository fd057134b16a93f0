namespace Fleet.Serving.Questions;

/// <summary>A field of a question. Immutable.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Form">What it is, for callers who sent something else.</param>
/// <param name="Meaning">What it is for, in a sentence.</param>
internal sealed record QuestionField(string Name, string Form, string Meaning)
{
    /// <summary>One observation.</summary>
    public static readonly QuestionField Observation = new(
        "observation",
        "one observation",
        "One observation, as the environment gives it: by the names of its entries, as nested lists, as Base64, or all numbers in one list."
    );

    /// <summary>Several observations.</summary>
    public static readonly QuestionField Observations = new(
        "observations",
        "a list of observations",
        "Several observations, each in any form that one may have; actions are chosen for each of them."
    );

    /// <summary>Which of them begin an episode.</summary>
    public static readonly QuestionField EpisodeStarts = new(
        "episode_starts",
        "true or false for one observation, or a list of them",
        "Whether each observation begins an episode, so that the memory is cleared before it. Default: none where core_state is given, else all."
    );

    /// <summary>What the policy remembers.</summary>
    public static readonly QuestionField CoreState = new(
        "core_state",
        "a list of numbers for one observation, or a list of such lists",
        "The core_state of the last answer, for a policy with a memory; the service keeps nothing between requests."
    );

    /// <summary>Whether to draw.</summary>
    public static readonly QuestionField Sample = new(
        "sample",
        "true or false",
        "Whether the policy acts as in training, which for most is to draw; else the most probable action is taken. Default: false."
    );

    /// <summary>Whether actions are left as they were drawn.</summary>
    public static readonly QuestionField Raw = new(
        "raw",
        "true or false",
        "Whether the answer holds what the distribution gave, before it is scaled and clipped to the bounds of actions. Default: false."
    );

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<QuestionField> All = [Observation, Observations, EpisodeStarts, CoreState, Sample, Raw];
}
