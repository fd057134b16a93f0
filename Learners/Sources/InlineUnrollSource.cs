using Actors;
using Agents.Networks;
using Agents.Policies;
using Agents.Policies.Acting;
using Environments;
using Environments.Randomness;
using Environments.State;
using Environments.Wrappers;
using Learners.Composition;
using Protos;

namespace Learners.Sources;

/// <summary>Steps the environments on the learner's own thread with the newest parameters: one process, deterministic.</summary>
internal sealed class InlineUnrollSource : IUnrollSource
{
    private const string RawName = "raw_observations";
    private const string StatisticsScope = "statistics";
    private const string ControlScope = "control";

    private readonly NetworkPolicy _policy;
    private readonly IPolicy _acting; // the policy, or one in whose control it is
    private readonly UnrollRecorder _recorder;
    private readonly Unroll _unroll;
    private readonly EnvironmentParts _environments;
    private readonly LaggedParameters? _lagged;
    private readonly ObservationStatistics _observations;
    private long _sequenceNumber;

    /// <summary>A source over the environments of a run.</summary>
    /// <param name="settings">The run.</param>
    /// <param name="registry">Where environments are looked up.</param>
    /// <param name="memoryLimit">Bytes that the run may need; larger ones are refused before anything is allocated.</param>
    /// <param name="warn">Receives warnings, one line each; null for nobody.</param>
    /// <param name="seed">Seed of environments and actions.</param>
    /// <param name="stop">Ends the start of environments with <see cref="OperationCanceledException"/>.</param>
    public static InlineUnrollSource Create(
        TrainingSettings settings,
        EnvironmentRegistry registry,
        long memoryLimit,
        Action<string>? warn,
        SeedSequence seed,
        CancellationToken stop = default
    )
    {
        RunSize.RequireEnvironments(settings, registry.Find(settings.Environment), memoryLimit);
        var environments = EnvironmentParts.ForTraining(
            registry,
            settings.Environment,
            settings.Agent.Copies,
            settings.EnvironmentThreads,
            settings.Overlap,
            settings.Wrappers,
            settings.Agent.DiscountFactor,
            warn
        );
        try
        {
            NetworkSpec spec = environments.NetworkFor(settings.NetworkFor(environments.PolicySpec));
            RunSize.Require(settings, spec, memoryLimit);
            using CancellationTokenRegistration interruption = stop.Register(environments.Interrupt);
            return new InlineUnrollSource(
                environments,
                spec,
                settings,
                seed,
                id => registry.TryFind(id, out EnvironmentSpec? task) ? task : null
            );
        }
        catch
        {
            environments.Dispose();
            throw;
        }
    }

    private InlineUnrollSource(
        EnvironmentParts environments,
        NetworkSpec spec,
        TrainingSettings settings,
        SeedSequence seed,
        Func<string, EnvironmentSpec?> findTask
    )
    {
        Spec = spec;
        _environments = environments;
        _lagged = settings.Agent.FixedPolicyLag > 0 ? new LaggedParameters() : null;
        _observations = new ObservationStatistics(spec, settings.Wrappers, versions: 2);
        _policy = new NetworkPolicy(spec, ActingPolicies.Find(settings.Agent.Agent.Acting));
        _acting = settings.Agent.Controlled(_policy, settings, findTask);
        _recorder = new UnrollRecorder(environments, _acting, seed.Child(0).GenerateSeed(), new Pcg64(seed.Child(1)));
        _unroll = new Unroll(environments.ShapeFor(spec, settings.Agent.UnrollLength));
    }

    /// <inheritdoc/>
    public NetworkSpec Spec { get; }

    /// <inheritdoc/>
    public ValueTask<Unroll> NextAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenRegistration interruption = cancellationToken.Register(_environments.Interrupt);
        _recorder.Record(_unroll);
        _unroll.Header = new UnrollHeader("inline", 0, _sequenceNumber++, _policy.ParameterVersion, _environments.Spec.Id);
        _unroll.ReadBy(_policy.Inputs);
        _observations.Take(_unroll);
        return new ValueTask<Unroll>(_unroll);
    }

    /// <inheritdoc/>
    /// <remarks>Where acting lags by a batch, the parameters of the call before take effect.</remarks>
    public void Publish(ReadOnlySpan<float> parameters, long version)
    {
        _observations.Publish(version);
        if (_lagged is null)
        {
            Act(parameters, version);
            return;
        }
        _lagged.Publish(parameters, version);
        Act(_lagged.Acting, _lagged.ActingVersion);
    }

    /// <inheritdoc/>
    public RunningStatistics? ObservationStatistics => _observations.Newest.Statistics;

    /// <inheritdoc/>
    public RunningStatistics? RunningObservations => _observations.Running;

    /// <inheritdoc/>
    public void TakeStatistics(RunningStatistics earlier, double rows) => _observations.ContinueFrom(earlier, rows);

    /// <inheritdoc/>
    public void TakeMetrics(EnvironmentMetrics destination) => _environments.TakeMetrics(destination);

    /// <inheritdoc/>
    public bool CanSaveEnvironments => _environments.CanSaveState;

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        state.Set("sequence_number", _sequenceNumber);
        state.Set(RawName, true);
        _observations.SaveState(state.Scope(StatisticsScope));
        _lagged?.SaveState(state.Scope("lagged"));
        _recorder.SaveState(state.Scope("recorder"));
        (_acting as ISavable)?.SaveState(state.Scope(ControlScope));
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        _sequenceNumber = state.Get("sequence_number", 0L, long.MaxValue / 2);
        _lagged?.LoadState(state.Scope("lagged"), new ParameterLayout(Spec).Count);
        (_acting as ISavable)?.LoadState(state.Scope(ControlScope));
        StateDictionary recorder = state.Scope("recorder");
        if (state.Contains(RawName))
        {
            _observations.LoadState(state.Scope(StatisticsScope));
            _recorder.LoadState(recorder);
            return;
        }
        // Releases before raw observations scaled and normalised them in the outermost layers of the environments.
        _observations.LoadState(recorder.Scope("environment").Scope("wrapper"));
        _recorder.LoadState(recorder, hasFormerLayers: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _recorder.Dispose();
        if (_acting != _policy)
        {
            _acting.Dispose();
        }
        _policy.Dispose();
    }

    private void Act(ReadOnlySpan<float> parameters, long version)
    {
        _policy.LoadParameters(parameters, version);
        _policy.Inputs = _observations.Of(version) ?? _observations.Newest; // of a checkpoint of a release that did not keep them
    }
}
