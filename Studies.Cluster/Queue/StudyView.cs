namespace Studies.Cluster.Queue;

/// <summary>What the queue knows of a study. Immutable.</summary>
/// <param name="Capacity">Slots of the workers that live.</param>
/// <param name="Legs">The study's legs that it has not forgotten.</param>
[GenerateSerializer, Immutable]
internal sealed record StudyView(int Capacity, WorkView[] Legs);
