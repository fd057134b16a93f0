using Learners.Composition;
using Learners.Configuration;
using Learners.Supervised;

namespace Studies.Running;

/// <summary>What a run of a claim does: an agent in an environment, or supervised learning. Immutable.</summary>
internal abstract record PlannedWork
{
    /// <summary>Command of <c>agents</c> that does it, and continues it with <c>--resume</c>.</summary>
    public abstract string Command { get; }

    /// <summary>What learns, in reports.</summary>
    public abstract string Learner { get; }

    /// <summary>What it learns, in reports.</summary>
    public abstract string Subject { get; }

    /// <summary>Length: steps of the environment, or updates.</summary>
    public abstract long Steps { get; }

    /// <summary>The resolved settings, as <c>config.yaml</c> holds them.</summary>
    public abstract string Text { get; }

    /// <summary>Words of the command that begins or continues it.</summary>
    /// <param name="given">File of what the claim gives.</param>
    /// <param name="folder">Folder of the run.</param>
    /// <param name="resume">Whether there is a checkpoint to continue from.</param>
    public virtual IEnumerable<string> Words(string given, string folder, bool resume) =>
        resume ? [Command, "--resume", folder] : [Command, "--config", given, "--out", folder];

    /// <summary>Whether a run that is there does this.</summary>
    /// <param name="config">Its <c>config.yaml</c>.</param>
    /// <param name="after">Folders of the runs that it begins with.</param>
    /// <param name="agents">Where agents are looked up.</param>
    /// <exception cref="Agents.Yaml.SettingsException">Its settings cannot be read.</exception>
    public abstract bool IsThatOf(string config, IReadOnlyList<string> after, AgentRegistry agents);
}

/// <summary>An agent in an environment.</summary>
/// <param name="Settings">As they resolve.</param>
internal sealed record AgentWork(TrainingSettings Settings) : PlannedWork
{
    /// <inheritdoc/>
    public override string Command => "train";

    /// <inheritdoc/>
    public override string Learner => Settings.AgentName;

    /// <inheritdoc/>
    public override string Subject => Settings.Environment;

    /// <inheritdoc/>
    public override long Steps => Settings.TotalSteps;

    /// <inheritdoc/>
    public override string Text => SettingsSources.Write(Settings);

    /// <inheritdoc/>
    public override bool IsThatOf(string config, IReadOnlyList<string> after, AgentRegistry agents)
    {
        // The run wrote down which weights it found, and where; the claim takes whatever lay there.
        TrainingSettings found = SettingsSources.Read(config, [], agents);
        if (Settings.InitialPolicy is not null && after.Count > 0)
        {
            // Network and layers are those of a policy that was not there yet when the run was planned.
            found = found with
            {
                Network = Settings.Network,
                Wrappers = Settings.Wrappers,
            };
        }
        return EarlierRuns.WithoutPlaces(SettingsSources.Write(found), after) == EarlierRuns.WithoutPlaces(Text, after);
    }
}

/// <summary>Supervised learning of a task.</summary>
/// <param name="Settings">As they resolve.</param>
internal sealed record SupervisedWork(SupervisedSettings Settings) : PlannedWork
{
    /// <inheritdoc/>
    public override string Command => "learn";

    /// <inheritdoc/>
    public override string Learner => Settings.Network.Core;

    /// <inheritdoc/>
    public override string Subject => Settings.Task.Name;

    /// <inheritdoc/>
    public override long Steps => Settings.Updates;

    /// <inheritdoc/>
    public override string Text => SupervisedSources.Write(Settings);

    /// <inheritdoc/>
    public override bool IsThatOf(string config, IReadOnlyList<string> after, AgentRegistry agents) =>
        SupervisedSources.Write(SupervisedSources.Read(config, [])) == Text;
}
