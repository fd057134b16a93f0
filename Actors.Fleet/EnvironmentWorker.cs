using System.Runtime.InteropServices;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Agents.Yaml;
using Environments;
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
    private readonly NormalizedParts? _normalized; // null where observations are not
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
            _policy.Inputs = ObservationTransform.Scaling(settings.Wrappers.ObservationScale);
            _normalized = settings.Wrappers.NormalizeObservations ? NormalizedParts.Of(spec.ObservationSpace) : null;
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

    /// <summary>The environments that an actor was asked for.</summary>
    /// <param name="welcome">The learner's welcome, which says how many and of which run.</param>
    /// <param name="options">Where environments are looked up.</param>
    /// <param name="incarnation">Tells these environments from any others.</param>
    /// <exception cref="ActorRejectedException">The run cannot be acted in here.</exception>
    /// <exception cref="EnvironmentsFailedException">They could not be started.</exception>
    public static EnvironmentWorker For(Welcome welcome, ActorOptions options, long incarnation)
    {
        try
        {
            var settings = ActorSettings.Parse(welcome.SettingsYaml);
            var seed = new SeedSequence(settings.Seed);
            // The first actor's first start plays what one process would play; every other start has streams of its own.
            SeedSequence own = welcome is { Slot: 0, Starts: 0 }
                ? seed.Child(0)
                : seed.Child(3).Child(welcome.Slot).Child((uint)welcome.Starts);
            return new EnvironmentWorker(options, settings, (int)welcome.Copies, incarnation, own);
        }
        catch (EnvironmentNotAllowedException exception)
        {
            throw new ActorRejectedException($"The learner's run cannot be acted in here: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is SettingsException or UnknownNameException)
        {
            throw new ActorRejectedException(
                $"The learner's run cannot be acted in here: {exception.Message} Use the same release for both, and the same --assembly.",
                exception
            );
        }
        catch (Exception exception)
        {
            throw new EnvironmentsFailedException($"they could not be started: {exception.Message}", exception);
        }
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
    public int PublicationBytes => _parameterCount * sizeof(float) + 2 * (_normalized?.Size ?? 0) * sizeof(double);

    /// <summary>Takes over a publication, whose statistics normalise observations until the next one.</summary>
    /// <param name="publication">Which one.</param>
    /// <param name="parameters">Float32 parameters, then means and variances.</param>
    /// <exception cref="InvalidDataException">A mean or variance cannot be one.</exception>
    public void Load(Publication publication, ReadOnlySpan<byte> parameters)
    {
        int length = _parameterCount * sizeof(float);
        _policy.LoadParameters(MemoryMarshal.Cast<byte, float>(parameters[..length]), publication.ParameterVersion);
        if (_normalized is { } parts)
        {
            ReadOnlySpan<double> moments = MemoryMarshal.Cast<byte, double>(parameters[length..]);
            var statistics = RunningStatistics.FromMoments(moments[..parts.Size], moments[parts.Size..]);
            _policy.Inputs = ObservationTransform.Normalizing(Settings.Wrappers.ObservationScale, parts, statistics);
        }
        PublicationNumber = publication.Number;
    }

    /// <summary>Records the next unroll, with observations as the task gives them.</summary>
    public void Record(Unroll unroll)
    {
        _recorder.Record(unroll);
        unroll.Header = new UnrollHeader("", Incarnation, NextSequenceNumber++, _policy.ParameterVersion, Settings.Environment);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _recorder.Dispose();
        _policy.Dispose();
    }
}
