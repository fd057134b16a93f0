using Agents.Programs;

namespace Agents.Networks.Cores;

/// <summary>What a core reads in each row.</summary>
/// <param name="Encoded">What the encoder gives, <c>[N, inputs]</c>.</param>
/// <param name="Keep"><c>[N, 1]</c>: 0 where an episode starts, else 1.</param>
/// <param name="NewTask"><c>[N, 1]</c>: 1 where a new task begins, which always starts an episode, too; else 0.</param>
internal sealed record CoreInputs(Value Encoded, Value Keep, Value NewTask)
{
    private readonly Dictionary<string, Value> _watched = [];

    /// <summary>Values that somebody may want to look at, by their names.</summary>
    public IReadOnlyDictionary<string, Value> Watched => _watched;

    /// <summary>Lets a value be looked at while acting, such as the weights of attention.</summary>
    /// <param name="name">Name, unique in the core.</param>
    /// <param name="value">The value, <c>[N, columns]</c>.</param>
    public void Watch(string name, Value value) => _watched.Add(name, value);
}
