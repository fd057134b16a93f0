using Actors;
using Agents.Networks;
using Agents.Policies;
using Environments.Randomness;
using Environments.State;
using Learners.ActorCritic;
using Protos;

namespace Learners.Training;

/// <summary>Steps the environments on the learner's own thread with the newest parameters: one process, deterministic.</summary>
internal sealed class InlineUnrollSource : IUnrollSource
{
    private readonly NetworkPolicy _policy;
    private readonly UnrollRecorder _recorder;
    private readonly Unroll _unroll;
    private readonly string _environmentId;
    private long _sequenceNumber;

    /// <summary>A source over a pipeline, which it owns.</summary>
    public InlineUnrollSource(EnvironmentPipeline pipeline, NetworkSpec spec, ActorCriticSettings settings, SeedSequence seed)
    {
        _environmentId = pipeline.Environment.Spec.Id;
        _policy = new NetworkPolicy(spec);
        _recorder = new UnrollRecorder(pipeline, _policy, seed.Child(0).GenerateSeed(), new Pcg64(seed.Child(1)));
        _unroll = new Unroll(
            settings.UnrollLength,
            settings.Copies,
            spec.ObservationSize,
            spec.ActionSpace.Size,
            spec.CoreStateSize
        );
    }

    /// <inheritdoc/>
    public ValueTask<Unroll> NextAsync(CancellationToken cancellationToken)
    {
        _recorder.Record(_unroll);
        _unroll.Header = new UnrollHeader("inline", 0, _sequenceNumber++, _policy.ParameterVersion, _environmentId);
        return new ValueTask<Unroll>(_unroll);
    }

    /// <inheritdoc/>
    public void Publish(ReadOnlySpan<float> parameters, long version) => _policy.LoadParameters(parameters, version);

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        state.Set("sequence_number", _sequenceNumber);
        _recorder.SaveState(state.Scope("recorder"));
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        _sequenceNumber = state.Get<long>("sequence_number");
        _recorder.LoadState(state.Scope("recorder"));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _recorder.Dispose();
        _policy.Dispose();
    }
}
