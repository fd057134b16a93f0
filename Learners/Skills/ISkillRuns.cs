using Learners.Composition;
using Learners.Training;

namespace Learners.Skills;

/// <summary>Trains the runs of a discovery's skills: in this process, or as the learner of a fleet.</summary>
public interface ISkillRuns
{
    /// <summary>Refuses a run that cannot be trained this way, before any skill is learned.</summary>
    /// <param name="settings">The run of a skill.</param>
    /// <exception cref="Agents.Yaml.SettingsException">It cannot.</exception>
    void Require(TrainingSettings settings);

    /// <summary>Trains the run of a skill from its beginning.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="options">Its folder, and whom to tell.</param>
    /// <param name="isLast">Whether no other run follows.</param>
    /// <param name="cancellationToken">Asks to save and end.</param>
    /// <exception cref="Agents.Yaml.SettingsException">A setting is not possible.</exception>
    Task<TrainingResult> TrainAsync(
        TrainingSettings settings,
        TrainingOptions options,
        bool isLast,
        CancellationToken cancellationToken
    );

    /// <summary>Goes on with a run that was stopped or killed.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="options">Whom to tell.</param>
    /// <param name="isLast">Whether no other run follows.</param>
    /// <param name="cancellationToken">Asks to save and end.</param>
    Task<TrainingResult> ResumeAsync(string folder, TrainingOptions options, bool isLast, CancellationToken cancellationToken);
}

/// <summary>Trains in this process.</summary>
internal sealed class LocalSkillRuns : ISkillRuns
{
    /// <inheritdoc/>
    public void Require(TrainingSettings settings) { }

    /// <inheritdoc/>
    public Task<TrainingResult> TrainAsync(
        TrainingSettings settings,
        TrainingOptions options,
        bool isLast,
        CancellationToken cancellationToken
    ) => Trainer.TrainAsync(settings, options, cancellationToken);

    /// <inheritdoc/>
    public Task<TrainingResult> ResumeAsync(
        string folder,
        TrainingOptions options,
        bool isLast,
        CancellationToken cancellationToken
    ) => Trainer.ResumeAsync(folder, [], options, cancellationToken);
}
