using Agents.Networks;
using Environments;
using Environments.State;
using Environments.Wrappers;
using Protos;

namespace Actors;

/// <summary>All environment copies of an actor, in one part or in two halves that are stepped by turns. Owns them.</summary>
/// <remarks>Copy b draws from the stream of seed + b in whichever part it is, so that parts do not change what it plays.</remarks>
internal sealed class EnvironmentParts : IDisposable
{
    private readonly EnvironmentPart[] _parts;

    /// <summary>One part, stepped on the caller's thread.</summary>
    /// <param name="pipeline">All copies; owned from here on.</param>
    public EnvironmentParts(EnvironmentPipeline pipeline)
        : this([new EnvironmentPart(pipeline, 0, ownThread: false)]) { }

    private EnvironmentParts(EnvironmentPart[] parts)
    {
        _parts = parts;
        foreach (EnvironmentPart part in parts)
        {
            Count += part.Count;
        }
    }

    /// <summary>The parts, the one of copy 0 first.</summary>
    public ReadOnlySpan<EnvironmentPart> Parts => _parts;

    /// <summary>Copies, B.</summary>
    public int Count { get; }

    /// <summary>What copies are, seen through all layers.</summary>
    public EnvironmentSpec Spec => Any.Environment.Spec;

    /// <summary>When copies start their next episode.</summary>
    public AutoresetMode AutoresetMode => Any.Environment.AutoresetMode;

    /// <inheritdoc cref="IBatchedEnvironment.CanSaveState"/>
    public bool CanSaveState => Any.Environment.CanSaveState;

    private EnvironmentPipeline Any => _parts[0].Pipeline;

    /// <summary>Makes the copies of a run.</summary>
    /// <param name="registry">Where the environment is looked up.</param>
    /// <param name="environment">Its id.</param>
    /// <param name="copies">Copies, B.</param>
    /// <param name="threads">Threads that step them, shared out to the parts, of which each has one at least.</param>
    /// <param name="overlap">Whether there may be two parts.</param>
    /// <param name="wrappers">Layers of training.</param>
    /// <param name="discountFactor">γ of the reward normalisation.</param>
    /// <param name="warn">Receives one line when what steps copies was lost and is replaced; null for nobody.</param>
    public static EnvironmentParts ForTraining(
        EnvironmentRegistry registry,
        string environment,
        int copies,
        int threads,
        OverlapMode overlap,
        WrapperSettings wrappers,
        float discountFactor,
        Action<string>? warn = null
    )
    {
        bool mayOverlap = overlap switch
        {
            OverlapMode.Auto => true,
            OverlapMode.Off => false,
        };
        // Statistics of rewards are of all copies, and needed before any can act.
        if (!mayOverlap || wrappers.NormalizeRewards || copies < 2 || !registry.Find(environment).StepsElsewhere)
        {
            return new EnvironmentParts(MakePipeline(copies, threads));
        }
        int half = copies - copies / 2;
        var first = new EnvironmentPart(MakePipeline(half, Math.Max(1, threads / 2)), 0, ownThread: true);
        try
        {
            EnvironmentPipeline second = MakePipeline(copies / 2, Math.Max(1, threads / 2));
            return new EnvironmentParts([first, new EnvironmentPart(second, half, ownThread: true)]);
        }
        catch
        {
            first.Dispose();
            throw;
        }

        EnvironmentPipeline MakePipeline(int count, int over)
        {
            IBatchedEnvironment batch =
                over == 1
                    ? registry.Make(environment, count)
                    : new ParallelEnvironment(size => registry.Make(environment, size), count, over);
            try
            {
                batch.Warn = warn;
                return EnvironmentPipeline.ForTraining(batch, wrappers, discountFactor);
            }
            catch
            {
                batch.Dispose();
                throw;
            }
        }
    }

    /// <summary>The task as the policy sees it.</summary>
    public EnvironmentSpec PolicySpec => Any.PolicySpec;

    /// <summary>The network of an agent on these environments.</summary>
    public NetworkSpec NetworkFor(NetworkSettings settings) => Any.NetworkFor(settings);

    /// <summary>The shape of unrolls of all copies.</summary>
    /// <param name="spec">The network that acts.</param>
    /// <param name="steps">T.</param>
    public UnrollShape ShapeFor(NetworkSpec spec, int steps) => Any.ShapeFor(spec, steps) with { Copies = Count };

    /// <summary>Starts a new episode in every copy; copy b is seeded with <paramref name="seed"/> + b.</summary>
    public void Reset(ulong seed)
    {
        foreach (EnvironmentPart part in _parts)
        {
            part.Pipeline.Environment.Reset(unchecked(seed + (ulong)part.First));
        }
    }

    /// <inheritdoc cref="IBatchedEnvironment.Interrupt"/>
    public void Interrupt()
    {
        foreach (EnvironmentPart part in _parts)
        {
            part.Pipeline.Environment.Interrupt();
        }
    }

    /// <inheritdoc cref="IBatchedEnvironment.TakeMetrics"/>
    public void TakeMetrics(EnvironmentMetrics destination)
    {
        foreach (EnvironmentPart part in _parts)
        {
            part.Pipeline.Environment.TakeMetrics(destination);
        }
    }

    /// <inheritdoc cref="IBatchedEnvironment.SaveState"/>
    public void SaveState(StateDictionary state)
    {
        foreach (EnvironmentPart part in _parts)
        {
            part.Pipeline.SaveState(ScopeOf(part, state));
        }
    }

    /// <summary>Continues from a saved state.</summary>
    /// <param name="state">Where it was saved.</param>
    /// <param name="hasFormerLayers">As for <see cref="EnvironmentPipeline.LoadState"/>.</param>
    public void LoadState(StateDictionary state, bool hasFormerLayers = false)
    {
        foreach (EnvironmentPart part in _parts)
        {
            part.Pipeline.LoadState(ScopeOf(part, state), hasFormerLayers);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (EnvironmentPart part in _parts)
        {
            part.Dispose();
        }
    }

    private StateDictionary ScopeOf(EnvironmentPart part, StateDictionary state) =>
        _parts.Length == 1 ? state : state.Scope($"part{part.First}");
}
