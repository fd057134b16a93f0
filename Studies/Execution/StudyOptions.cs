using Learners.Training;
using Studies.Legs;

namespace Studies.Execution;

/// <summary>How a study is carried out.</summary>
internal sealed record StudyOptions
{
    /// <summary>Folder of journal, trials and results; the same folder goes on.</summary>
    public required string Folder { get; init; }

    /// <summary>Makes what trains legs, from the study's folder.</summary>
    public required Func<string, ILegRunner> CreateRunner { get; init; }

    /// <summary>Where environments and agents are looked up, and who is warned.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Told about twice a second.</summary>
    public IProgress<StudyProgress>? Progress { get; init; }
}
