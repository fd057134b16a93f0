namespace Studies.Cluster.Queue;

/// <summary>What the queue knows of a leg. Immutable.</summary>
/// <param name="Leg">Its number.</param>
/// <param name="Epoch">Number of its last handing out; 0 before the first.</param>
/// <param name="Phase">Where it is.</param>
/// <param name="Address">Where the folder of who holds it is fetched; null for nobody.</param>
/// <param name="IsBegun">Whether its worker has the order.</param>
/// <param name="Steps">Environment steps of the trial that were told last.</param>
/// <param name="Checkpoint">Steps of the newest checkpoint that its worker has; 0 for none.</param>
/// <param name="Text">The result, or why it failed; null before.</param>
/// <param name="Losses">How often whoever held it was lost.</param>
/// <param name="Trouble">What was seen at the last loss; null before.</param>
[GenerateSerializer, Immutable]
internal sealed record WorkView(
    int Leg,
    long Epoch,
    WorkPhase Phase,
    string? Address,
    bool IsBegun,
    long Steps,
    long Checkpoint,
    string? Text,
    int Losses,
    string? Trouble
);
