using Agents.Yaml;
using Learners.Data;

namespace Learners.Supervised;

/// <summary>
/// Something to learn from inputs and targets, with the settings that it has by itself in a section of its name: <c>task: copy</c> goes with
/// <c>copy: { length: 10 }</c>. Derive for another one, and add it to <see cref="SupervisedTasks"/>. Immutable.
/// </summary>
internal abstract record SupervisedTask : NamedSettings
{
    internal sealed override NameTable Table => SupervisedTasks.Table;

    /// <summary>Settings of a run that the task has unless somebody says otherwise, as YAML.</summary>
    public virtual string Usual => "";

    /// <summary>Whether its targets have <see cref="Targets.TargetForm.Auxiliary"/> losses with these settings.</summary>
    /// <value>False unless overridden.</value>
    public virtual bool HasAuxiliary => false;

    /// <summary>Makes the source of samples.</summary>
    /// <param name="context">Sizes and seed.</param>
    /// <exception cref="SettingsException">A setting is missing, or does not fit the data.</exception>
    /// <exception cref="InvalidDataException">A file is not what it should be.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public abstract IDataSource Open(SourceContext context);
}
