using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Environments.ClassicControl;

namespace Environments;

/// <summary>Environments by name. <see cref="Default"/> knows the built-in ones; programs add their own.</summary>
/// <remarks>Not synchronised: register while the program starts.</remarks>
public sealed partial class EnvironmentRegistry
{
    private readonly SortedDictionary<string, (EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment> Create)> _entries = new(
        StringComparer.Ordinal
    );

    /// <summary>The registry that the command line and the trainer use.</summary>
    public static EnvironmentRegistry Default { get; } = CreateDefault();

    /// <summary>All environments, ordered by id.</summary>
    public IEnumerable<EnvironmentSpec> Specs => _entries.Values.Select(entry => entry.Spec);

    /// <summary>Adds an environment, or replaces the one of the same id.</summary>
    /// <param name="id">Name, <c>Namespace/Name-vN</c>.</param>
    /// <param name="create">Makes one copy.</param>
    /// <param name="describe">Adds limit, threshold and description to the specification, whose spaces come from a copy.</param>
    /// <exception cref="ArgumentException">The id does not end in a version, <c>-v0</c> or higher.</exception>
    public void Register<TEnvironment>(
        string id,
        Func<TEnvironment> create,
        Func<EnvironmentSpec, EnvironmentSpec>? describe = null
    )
        where TEnvironment : IEnvironment
    {
        ArgumentNullException.ThrowIfNull(create);
        TEnvironment probe = create();
        var spec = new EnvironmentSpec(id, probe.ObservationSpace, probe.ActionSpace);
        spec = describe?.Invoke(spec) ?? spec;
        if (spec.Id != id)
        {
            throw new ArgumentException(
                $"The description renames '{id}' to '{spec.Id}'. Register it under that id instead.",
                nameof(describe)
            );
        }
        Register(
            spec,
            (count, limit) => new BatchedEnvironment<TEnvironment>(spec with { MaxEpisodeSteps = limit }, create, count)
        );
    }

    /// <summary>Adds an environment that is batched by its own means, or replaces the one of the same id.</summary>
    /// <param name="spec">Description of one copy.</param>
    /// <param name="create">Makes a batch from the number of copies and the step limit, null for none.</param>
    /// <exception cref="ArgumentException">The id does not end in a version, <c>-v0</c> or higher.</exception>
    public void Register(EnvironmentSpec spec, Func<int, int?, IBatchedEnvironment> create)
    {
        ArgumentNullException.ThrowIfNull(spec);
        int version = spec.Id.LastIndexOf("-v", StringComparison.Ordinal);
        if (version < 1 || !int.TryParse(spec.Id.AsSpan(version + 2), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw new ArgumentException(
                $"'{spec.Id}' is no environment id. Write it as Name-v0 or Namespace/Name-v0.",
                nameof(spec)
            );
        }
        _entries[spec.Id] = (spec, create);
    }

    /// <summary>Looks an id up.</summary>
    public bool TryFind(string id, [NotNullWhen(true)] out EnvironmentSpec? spec)
    {
        bool found = _entries.TryGetValue(id, out (EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment>) entry);
        spec = found ? entry.Spec : null;
        return found;
    }

    /// <summary>The specification of an id.</summary>
    /// <exception cref="UnknownNameException">The id is unknown; the message names the nearest one.</exception>
    public EnvironmentSpec Find(string id) => TryFind(id, out EnvironmentSpec? spec) ? spec : throw Unknown(id);

    /// <summary>Makes a batch of <paramref name="count"/> copies; call <see cref="IBatchedEnvironment.Reset"/> before stepping. The caller owns it.</summary>
    /// <exception cref="UnknownNameException">The id is unknown; the message names the nearest one.</exception>
    /// <param name="id">Environment.</param>
    /// <param name="count">Copies, B.</param>
    /// <param name="fallbackLimit">Steps after which an episode is truncated where the environment has no limit of its own.</param>
    public IBatchedEnvironment Make(string id, int count = 1, int? fallbackLimit = null) =>
        _entries.TryGetValue(id, out (EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment> Create) entry)
            ? entry.Create(count, entry.Spec.MaxEpisodeSteps ?? fallbackLimit)
            : throw Unknown(id);

    private UnknownNameException Unknown(string id) =>
        new($"There is no environment '{id}'.{NearestName.Suggest(id, _entries.Keys)} 'agents environments' lists all.");

    private static EnvironmentRegistry CreateDefault()
    {
        var registry = new EnvironmentRegistry();
        ClassicControlEnvironments.Register(registry);
        return registry;
    }
}
