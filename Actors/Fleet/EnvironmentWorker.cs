using System.Diagnostics;
using System.Runtime.InteropServices;
using Agents.Networks;
using Agents.Policies;
using Environments.Randomness;
using Environments.Wrappers;
using Protos;
using Protos.Fleet;

namespace Actors.Fleet;

/// <summary>One incarnation of an actor's environments: policy, recorder and the numbers of its unrolls. Owns them.</summary>
internal sealed class EnvironmentWorker : IDisposable
{
    private readonly EnvironmentParts _environments;
    private readonly NetworkPolicy _policy;
    private readonly UnrollRecorder _recorder;
    private readonly RunningStatistics? _observed;
    private readonly int _parameterCount;

    /// <summary>New environments at their first step.</summary>
    /// <param name="options">Where environments are looked up.</param>
    /// <param name="settings">The run.</param>
    /// <param name="copies">Environment copies.</param>
    /// <param name="incarnation">Tells these environments from any others.</param>
    /// <param name="seed">Seed of environments and actions.</param>
    public EnvironmentWorker(ActorOptions options, ActorSettings settings, int copies, long incarnation, SeedSequence seed)
    {
        Settings = settings;
        Copies = copies;
        _environments = EnvironmentParts.ForTraining(
            options.Registry.ForForeignIds, // the learner says which environment
            settings.Environment,
            copies,
            threads: 1,
            settings.Overlap,
            settings.Wrappers,
            settings.DiscountFactor,
            options.Log
        );
        try
        {
            NetworkSpec spec = _environments.NetworkFor(settings.Network);
            _parameterCount = new ParameterLayout(spec).Count;
            _policy = new NetworkPolicy(spec, settings.Acting);
            if (_environments.Normalization is { } normalization)
            {
                _observed = normalization.Observed = RunningStatistics.Empty(normalization.Statistics.Size);
            }
            _recorder = new UnrollRecorder(_environments, _policy, seed.Child(0).GenerateSeed(), new Pcg64(seed.Child(1)));
            Shape = _environments.ShapeFor(spec, settings.UnrollLength);
        }
        catch
        {
            _policy?.Dispose();
            _environments.Dispose();
            throw;
        }
        Incarnation = incarnation;
    }

    /// <summary>The run's settings.</summary>
    public ActorSettings Settings { get; }

    /// <summary>Environment copies, B.</summary>
    public int Copies { get; }

    /// <summary>Tells these environments from any others.</summary>
    public long Incarnation { get; }

    /// <summary>Shape of their unrolls.</summary>
    public UnrollShape Shape { get; }

    /// <summary>Number of the next unroll.</summary>
    public long NextSequenceNumber { get; private set; }

    /// <summary>Publication that acts; −1 for none.</summary>
    public long PublicationNumber { get; set; } = -1;

    /// <summary>Steps so far.</summary>
    public long Steps => _recorder.Steps;

    /// <summary>Bytes of a publication.</summary>
    public int PublicationBytes =>
        _parameterCount * sizeof(float) + (_observed is null ? 0 : 2 * _observed.Size * sizeof(double));

    /// <summary>Takes over a publication.</summary>
    /// <param name="publication">Which one.</param>
    /// <param name="parameters">Float32 parameters, then means and variances.</param>
    public void Load(Publication publication, ReadOnlySpan<byte> parameters)
    {
        int length = _parameterCount * sizeof(float);
        _policy.LoadParameters(MemoryMarshal.Cast<byte, float>(parameters[..length]), publication.ParameterVersion);
        if (_environments.Normalization is { } normalization)
        {
            ReadOnlySpan<double> moments = MemoryMarshal.Cast<byte, double>(parameters[length..]);
            int size = normalization.Statistics.Size;
            normalization.Statistics.SetMoments(moments[..size], moments[size..]);
        }
        PublicationNumber = publication.Number;
    }

    /// <summary>Records the next unroll.</summary>
    public void Record(Unroll unroll)
    {
        _recorder.Record(unroll);
        unroll.Header = new UnrollHeader("", Incarnation, NextSequenceNumber++, _policy.ParameterVersion, Settings.Environment);
        if (_observed is not null)
        {
            Debug.Assert(_observed.Count > 0);
            Span<double> moments = unroll.MakeObservationMoments(1 + 2 * _observed.Size);
            moments[0] = _observed.Count;
            _observed.Mean.CopyTo(moments[1..]);
            for (int i = 0; i < _observed.Size; i++)
            {
                moments[1 + _observed.Size + i] = _observed.Variance[i] * _observed.Count;
            }
            _observed.Clear();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _recorder.Dispose();
        _policy.Dispose();
    }
}
