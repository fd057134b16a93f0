using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Environments.Asynchronous;
using Environments.Atari;
using Environments.ClassicControl;
using Environments.Control;
using Environments.GridWorld;
using Environments.GridWorld.Mazes;
using Environments.Memory;
using Environments.MinAtar;
using Environments.MuJoCo;
using Environments.Naming;
using Environments.Tabular;
using Environments.ToyText;
using Protos.Foreign;

namespace Environments;

/// <summary>Environments by name. <see cref="Default"/> knows the built-in ones; programs add their own.</summary>
/// <remarks>
/// An environment may have options, each with a name, a default and a range, which are given behind its id like a query:
/// <c>Memory/Recall-v0?delay=20&amp;symbols=8</c> (quote it in a shell). Every method that takes an id takes them. The resulting
/// <see cref="EnvironmentSpec.Id"/> holds those that were given, in declared order, so that a saved policy remembers what it was
/// trained on; an unknown option or a value out of range is an error that names the nearest option, its range and its default.
/// <c>gym:CartPole-v1</c> is Gymnasium's environment of that id in a Python process of its own, and <c>grpc://127.0.0.1:50061/CartPole-v1</c> one that
/// <c>agents-bridge serve</c> or <c>agents serve-env</c> serves; see the library <c>Environments.Remote</c>. <c>ALE/Pong-v5</c> and the other games of
/// <see cref="AtariGames"/> run in Python, too. These are in no list.
/// Not synchronised: register while the program starts.
/// </remarks>
public sealed partial class EnvironmentRegistry
{
    private readonly SortedList<string, Entry> _entries = new(StringComparer.Ordinal);

    private bool _isFilling;

    /// <summary>The registry that the command line and the trainer use.</summary>
    public static EnvironmentRegistry Default { get; } = CreateDefault();

    /// <summary>What ids may have imported and reached; null where whoever calls gives his own ids, which may name anything.</summary>
    public EnvironmentPermissions? Permissions { get; private init; }

    /// <summary>This registry for ids that come from files and messages: as it is where it has permissions, else with none.</summary>
    internal EnvironmentRegistry ForForeignIds => Permissions is null ? With(EnvironmentPermissions.None) : this;

    /// <summary>All environments with the defaults of their options, ordered by id.</summary>
    public IEnumerable<EnvironmentSpec> Specs => _entries.Values.Select(entry => entry.Default);

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
        Register(id, [], _ => create(), (spec, _) => describe?.Invoke(spec) ?? spec);
    }

    /// <summary>Adds an environment with options, or replaces the one of the same id.</summary>
    /// <param name="id">Name, <c>Namespace/Name-vN</c>.</param>
    /// <param name="options">What can be set behind the id.</param>
    /// <param name="create">Makes one copy with the given values.</param>
    /// <param name="describe">Adds limit, threshold and description to the specification, whose spaces come from a copy.</param>
    /// <exception cref="ArgumentException">The id does not end in a version, <c>-v0</c> or higher, or an option stands twice.</exception>
    public void Register<TEnvironment>(
        string id,
        IReadOnlyList<EnvironmentOption> options,
        Func<EnvironmentOptions, TEnvironment> create,
        Func<EnvironmentSpec, EnvironmentOptions, EnvironmentSpec>? describe = null
    )
        where TEnvironment : IEnvironment
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(create);
        if (options.Select(option => option.Name).Distinct().Count() != options.Count)
        {
            throw new ArgumentException($"Two options of '{id}' have the same name.", nameof(options));
        }
        Add(
            id,
            options,
            (canonical, values) =>
            {
                EnvironmentSpec spec = Look(canonical, options, create(values));
                spec = describe?.Invoke(spec, values) ?? spec;
                if (spec.Id != canonical)
                {
                    throw new ArgumentException(
                        $"The description renames '{canonical}' to '{spec.Id}'. Register it under that id instead.",
                        nameof(describe)
                    );
                }
                return (
                    spec,
                    (count, limit) =>
                        new BatchedEnvironment<TEnvironment>(spec with { MaxEpisodeSteps = limit }, () => create(values), count)
                );
            }
        );
    }

    /// <summary>Adds an environment that is batched by its own means, or replaces the one of the same id.</summary>
    /// <param name="spec">Description of one copy.</param>
    /// <param name="create">Makes a batch from the number of copies and the step limit, null for none.</param>
    /// <exception cref="ArgumentException">The id does not end in a version, <c>-v0</c> or higher.</exception>
    public void Register(EnvironmentSpec spec, Func<int, int?, IBatchedEnvironment> create)
    {
        ArgumentNullException.ThrowIfNull(spec);
        Add(spec.Id, [], (_, _) => (spec, create));
    }

    /// <summary>Adds a slow environment that is awaited, or replaces the one of the same id. None is created before a batch of it is reset.</summary>
    /// <param name="spec">Description of one copy, its spaces among it.</param>
    /// <param name="create">Makes one copy, which is not started yet; may be called by several threads at once.</param>
    /// <param name="options">Time limits and restarts; null for the defaults.</param>
    /// <exception cref="ArgumentException">The id does not end in a version, <c>-v0</c> or higher, or an option is not possible.</exception>
    public void Register(EnvironmentSpec spec, Func<IAsyncEnvironment> create, AsyncEnvironmentOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        options ??= new AsyncEnvironmentOptions();
        options.Require();
        Register(
            spec,
            (count, limit) => new AsyncBatchedEnvironment(spec with { MaxEpisodeSteps = limit }, create, count, options)
        );
    }

    /// <summary>Looks an id up; false where it is unknown or not allowed, or an option of it is not possible.</summary>
    public bool TryFind(string id, [NotNullWhen(true)] out EnvironmentSpec? spec)
    {
        spec = null;
        if (!RemoteId.IsRemote(id) && !AtariGames.IsGame(id) && !_entries.ContainsKey(EnvironmentId.NameOf(id)))
        {
            return false;
        }
        try
        {
            spec = Resolve(id).Spec;
            return true;
        }
        catch (Exception exception) when (exception is ArgumentException or EnvironmentNotAllowedException)
        {
            return false;
        }
    }

    /// <summary>The specification of an id.</summary>
    /// <exception cref="UnknownNameException">The id or an option is unknown; the message names the nearest one.</exception>
    /// <exception cref="InvalidOptionException">An option's value is not possible; the message names its range and default.</exception>
    /// <exception cref="EnvironmentNotAllowedException">This registry has permissions, and the id asks for more.</exception>
    public EnvironmentSpec Find(string id) => Resolve(id).Spec;

    /// <summary>Makes a batch of <paramref name="count"/> copies; call <see cref="IBatchedEnvironment.Reset"/> before stepping. The caller owns it.</summary>
    /// <exception cref="UnknownNameException">The id or an option is unknown; the message names the nearest one.</exception>
    /// <exception cref="InvalidOptionException">An option's value is not possible; the message names its range and default.</exception>
    /// <exception cref="EnvironmentNotAllowedException">This registry has permissions, and the id asks for more.</exception>
    /// <param name="id">Environment.</param>
    /// <param name="count">Copies, B.</param>
    /// <param name="fallbackLimit">Steps after which an episode is truncated where the environment has no limit of its own.</param>
    public IBatchedEnvironment Make(string id, int count = 1, int? fallbackLimit = null)
    {
        (EnvironmentSpec spec, Func<int, int?, IBatchedEnvironment> create) = Resolve(id);
        return create(count, spec.MaxEpisodeSteps ?? fallbackLimit);
    }

    /// <summary>Refuses an id that asks for what is not allowed, without looking at anything else.</summary>
    /// <exception cref="EnvironmentNotAllowedException">It does.</exception>
    internal void RequireAllowed(string id)
    {
        if (RemoteId.IsRemote(id))
        {
            Permissions?.Require(RemoteId.Parse(id));
        }
    }

    private (EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment> Create) Resolve(string id)
    {
        if (RemoteId.IsRemote(id))
        {
            RemoteId remote = RemoteId.Parse(id);
            Permissions?.Require(remote);
            return RemoteLibrary.For(id).Resolve(remote);
        }
        if (AtariGames.IsGame(id))
        {
            return RemoteLibrary.For(id).ResolveAtari(id);
        }
        string name = EnvironmentId.NameOf(id);
        return _entries.TryGetValue(name, out Entry? entry)
            ? entry.Resolve(id)
            : throw new UnknownNameException(
                $"There is no environment '{ForeignText.Show(name)}'.{Hint(name)} 'agents environments' lists all."
            );
    }

    // What is near to none of those here is another library's, or the user's own.
    private string Hint(string name) =>
        NearestName.Suggest(name, _entries.Keys.Concat(AtariGames.Ids)) is { Length: > 0 } suggestion ? suggestion
        : name.Contains('/') ? " If it is your own, load it: --assembly FILE.dll on the command line, AddFrom in a program."
        : $" Gymnasium's are named gym:{ForeignText.Show(name)} and run in Python; your own are loaded with --assembly FILE.dll.";

    /// <summary>Adds an environment from what makes its specification and batches out of its canonical id and options.</summary>
    internal void Add(
        string id,
        IReadOnlyList<EnvironmentOption> options,
        Func<string, EnvironmentOptions, (EnvironmentSpec, Func<int, int?, IBatchedEnvironment>)> make
    )
    {
        int version = id.LastIndexOf("-v", StringComparison.Ordinal);
        if (version < 1 || !int.TryParse(id.AsSpan(version + 2), NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            throw new ArgumentException($"'{id}' is no environment id. Write it as Name-v0 or Namespace/Name-v0.", nameof(id));
        }
        var entry = new Entry(id, options, make);
        if (!_isFilling)
        {
            _ = entry.Default; // what is wrong with it should be told where it is registered
        }
        _entries[id] = entry;
    }

    /// <summary>What a copy says of itself; the copy is disposed, since it may hold a process or a file.</summary>
    internal static EnvironmentSpec Look<TEnvironment>(string id, IReadOnlyList<EnvironmentOption> options, TEnvironment probe)
        where TEnvironment : IEnvironment
    {
        try
        {
            return new EnvironmentSpec(id, probe.ObservationSpace, probe.ActionSpace)
            {
                Options = options,
                Model = (probe as ITabularEnvironment)?.Model,
            };
        }
        finally
        {
            (probe as IDisposable)?.Dispose();
        }
    }

    private static EnvironmentRegistry CreateDefault()
    {
        // A hundred environments are tried out when somebody asks for them, not at the start of every program.
        var registry = new EnvironmentRegistry { _isFilling = true };
        ClassicControlEnvironments.Register(registry);
        MazeEnvironments.Register(registry);
        ControlEnvironments.Register(registry);
        ToyTextEnvironments.Register(registry);
        MiniGridEnvironments.Register(registry);
        MinAtarEnvironments.Register(registry);
        MemoryEnvironments.Register(registry);
        MuJoCoEnvironments.Register(registry);
        registry._isFilling = false;
        return registry;
    }

    private sealed class Entry(
        string name,
        IReadOnlyList<EnvironmentOption> options,
        Func<string, EnvironmentOptions, (EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment> Create)> make
    )
    {
        private readonly Lazy<(EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment> Create)> _default = new(() =>
            Make(name, options, make)
        );

        public EnvironmentSpec Default => _default.Value.Spec;

        public (EnvironmentSpec Spec, Func<int, int?, IBatchedEnvironment> Create) Resolve(string id) =>
            id == name ? _default.Value : Make(id, options, make);

        private static (EnvironmentSpec, Func<int, int?, IBatchedEnvironment>) Make(
            string id,
            IReadOnlyList<EnvironmentOption> options,
            Func<string, EnvironmentOptions, (EnvironmentSpec, Func<int, int?, IBatchedEnvironment>)> make
        )
        {
            (string canonical, EnvironmentOptions values) = EnvironmentId.Resolve(id, options);
            return make(canonical, values);
        }
    }
}
