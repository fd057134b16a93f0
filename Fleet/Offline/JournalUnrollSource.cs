using System.Buffers;
using Actors;
using Agents.Networks;
using Agents.Yaml;
using Environments.State;
using Environments.Wrappers;
using Fleet.Checks;
using Fleet.Journal;
using Learners.Composition;
using Learners.Runs;
using Learners.Sources;
using Learners.Training;
using Protos;
using Protos.Fleet;

namespace Fleet.Offline;

/// <summary>The unrolls of a journal in the order in which they were received, again and again. Nobody acts.</summary>
/// <remarks>A learner with a memory begins each unroll without any, since the journal holds the memory of the network that recorded it; set burn_in.</remarks>
internal sealed class JournalUnrollSource : IUnrollSource
{
    private readonly string _folder;
    private readonly UnrollChecks _checks;
    private readonly UnrollPool _pool;
    private readonly Action<string>? _warn;
    private readonly UnrollShape _shape; // of a batch
    private readonly ObservationStatistics _observations;
    private readonly Unroll _batch;
    private readonly Dictionary<int, List<Unroll>> _waiting = []; // by their copies, which divide those of a batch
    private IEnumerator<JournalEntry>? _entries;
    private bool _isDamaged; // said once
    private long _batches; // over all passes
    private long _version;

    private JournalUnrollSource(
        string folder,
        UnrollChecks checks,
        NetworkSpec spec,
        UnrollShape shape,
        TrainingSettings settings,
        Action<string>? warn
    )
    {
        (_folder, _checks, Spec, _shape, _warn) = (folder, checks, spec, shape, warn);
        _pool = new UnrollPool(checks.Refusal);
        _observations = new ObservationStatistics(spec, settings.Wrappers, versions: 2);
        _batch = new Unroll(shape);
    }

    /// <summary>A source of a run.</summary>
    /// <param name="settings">The run; its copies and unroll length are those of the journal.</param>
    /// <param name="options">Where environments are looked up.</param>
    /// <exception cref="SettingsException">The journal is of another task, or its unrolls have another shape.</exception>
    public static JournalUnrollSource Create(TrainingSettings settings, TrainingOptions options)
    {
        string folder = settings.UnrollsFrom!;
        if (settings.Agent.MistakeInFleet is { } mistake)
        {
            throw new SettingsException($"unrolls_from: a journal is of a fleet, and {settings.AgentName}.auxiliary.{mistake}");
        }
        TrainingSettings recorded = JournalUnrolls.Recorded(folder, options.Agents);
        if ((recorded.Wrappers.Options ?? settings.Wrappers.Options) is not null)
        {
            throw new SettingsException(
                "unrolls_from: a journal is of a fleet, and wrappers.options are not for fleets. Leave them out."
            );
        }
        RequireSameTask(recorded, settings, folder);
        options = options with { Registry = options.Registry.ForForeignIds }; // the journal may be a stranger's
        using EnvironmentPipeline theirs = Probe(recorded, options);
        using EnvironmentPipeline ours = Probe(settings, options);
        NetworkSpec recordedSpec = theirs.NetworkFor(recorded.NetworkFor(theirs.PolicySpec));
        NetworkSpec spec = ours.NetworkFor(settings.NetworkFor(ours.PolicySpec));
        UnrollShape recordedShape = theirs.ShapeFor(recordedSpec, recorded.Agent.UnrollLength) with
        {
            Copies = recorded.Agent.Copies,
        };
        UnrollShape shape = ours.ShapeFor(spec, settings.Agent.UnrollLength) with { Copies = settings.Agent.Copies };
        if (shape != recordedShape with { CoreStateSize = shape.CoreStateSize })
        {
            throw new SettingsException(
                $"unrolls_from: the journal of '{folder}' holds {recordedShape}, and this run learns from {shape}. Choose the same copies and unroll_length."
            );
        }
        RunSize.Require(settings, spec, options.MemoryLimit);
        return new JournalUnrollSource(
            new RunFolder(folder).Journal,
            UnrollChecks.For(theirs, recordedSpec, recordedShape, recorded),
            spec,
            shape,
            settings,
            options.Warn
        );
    }

    /// <inheritdoc/>
    public NetworkSpec Spec { get; }

    /// <inheritdoc/>
    public ValueTask<Unroll> NextAsync(CancellationToken cancellationToken)
    {
        List<Unroll> parts = Gather(cancellationToken);
        _batch.Join([.. parts]);
        _batch.Header = parts[0].Header with { ParameterVersion = _version };
        parts.Clear();
        _batch.ReadBy(_observations.Of(_version) ?? _observations.Newest);
        _observations.Take(_batch);
        return new ValueTask<Unroll>(_batch);
    }

    /// <inheritdoc/>
    public void Publish(ReadOnlySpan<float> parameters, long version)
    {
        _version = version;
        _observations.Publish(version);
    }

    /// <inheritdoc/>
    public RunningStatistics? ObservationStatistics => _observations.Newest.Statistics;

    /// <inheritdoc/>
    public RunningStatistics? RunningObservations => _observations.Running;

    /// <inheritdoc/>
    public void TakeStatistics(RunningStatistics earlier, double rows) => _observations.ContinueFrom(earlier, rows);

    /// <inheritdoc/>
    public bool CanSaveEnvironments => true;

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        state.Set("batches", _batches);
        _observations.SaveState(state.Scope("statistics"));
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        _observations.LoadState(state.Scope("statistics"));
        long batches = state.Get("batches", 0L, long.MaxValue / 2);
        while (_batches < batches)
        {
            Gather(CancellationToken.None).Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _entries?.Dispose();

    private static EnvironmentPipeline Probe(TrainingSettings settings, TrainingOptions options) =>
        EnvironmentPipeline.ForTraining(
            options.Registry.Make(settings.Environment),
            settings.Wrappers,
            settings.Agent.DiscountFactor
        );

    private static void RequireSameTask(TrainingSettings recorded, TrainingSettings settings, string folder)
    {
        WrapperSettings theirs = recorded.Wrappers;
        WrapperSettings ours = settings.Wrappers with
        {
            NormalizeObservations = theirs.NormalizeObservations,
            ObservationScale = theirs.ObservationScale,
        };
        if (recorded.Environment != settings.Environment || ours != theirs)
        {
            throw new SettingsException(
                $"unrolls_from: the journal of '{folder}' was recorded on {recorded.Environment}, and this run learns {settings.Environment}{(ours != theirs ? " with other wrappers" : "")}. Choose the same task, and wrappers.* as they were but for the scale and the statistics of observations."
            );
        }
    }

    // Unrolls of as many copies each, as many as make a batch.
    private List<Unroll> Gather(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Unroll part = Next();
            if (!_waiting.TryGetValue(part.Copies, out List<Unroll>? parts))
            {
                _waiting.Add(part.Copies, parts = []);
            }
            parts.Add(part);
            if (parts.Count * part.Copies == _shape.Copies)
            {
                _batches++;
                return parts;
            }
        }
    }

    // A journal is as little trusted as an actor; what is wrong with an entry costs that entry.
    private Unroll Next()
    {
        for (bool isFresh = false; ; )
        {
            if (_entries is null)
            {
                if (isFresh)
                {
                    throw new InvalidDataException(
                        $"No unroll in '{_folder}' can be learned from. Record a journal anew, with fleet.keep_journal=true."
                    );
                }
                isFresh = true;
                _entries = JournalReader.ReadAll(_folder, (file, why) => Damaged($"{file}: {why}")).GetEnumerator();
            }
            while (_entries.MoveNext())
            {
                if (Read(_entries.Current) is { } unroll)
                {
                    return unroll;
                }
            }
            _entries.Dispose();
            _entries = null;
        }
    }

    private Unroll? Read(JournalEntry entry)
    {
        Unroll? unroll = UnrollReader.Read(new ReadOnlySequence<byte>(entry.Message), _pool, out string? defect);
        if (unroll is null || (defect = _checks.Defect(unroll)) is not null)
        {
            Damaged($"{entry.Header.ActorId}: {defect}");
            return null;
        }
        if (!unroll.Header.HasRawObservations)
        {
            throw new SettingsException(
                $"unrolls_from: the journal in '{_folder}' holds observations that its own run has scaled or normalised, as releases with protocol 1 recorded them, and another network cannot read those. Record it anew."
            );
        }
        var own = new Unroll(_shape with { Copies = unroll.Copies });
        own.JoinWithoutState(unroll);
        own.Header = entry.Header;
        _pool.Return(unroll);
        return own;
    }

    private void Damaged(string why)
    {
        if (!_isDamaged)
        {
            _warn?.Invoke($"The journal in '{_folder}' is damaged, and what is damaged is left out: {why}");
        }
        _isDamaged = true;
    }
}
