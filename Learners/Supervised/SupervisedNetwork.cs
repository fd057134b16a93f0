using Agents.Networks;
using Learners.Data;
using Learners.Supervised.Targets;

namespace Learners.Supervised;

/// <summary>The network of a task: no policy, one head that answers.</summary>
internal static class SupervisedNetwork
{
    /// <summary>The network in words.</summary>
    /// <param name="form">Inputs and targets.</param>
    /// <param name="settings">Encoder and core.</param>
    /// <exception cref="Agents.Yaml.SettingsException">They do not fit the inputs.</exception>
    public static NetworkSpec SpecOf(DataForm form, NetworkSettings settings)
    {
        var head = new HeadSettings { Name = TargetForm.Head, Size = form.Targets.HeadSize };
        return NetworkSpec.WithoutPolicy(form.Inputs, settings with { Heads = [head] });
    }
}
