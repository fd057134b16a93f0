using Environments.Randomness;

namespace Environments.Checking;

/// <summary>The environment that is checked: batches of it, made when they are first needed, and actions to play. Owns the batches.</summary>
internal sealed class Subject(EnvironmentRegistry registry, string id, CheckSettings settings, CancellationToken cancellation)
    : IDisposable
{
    // Ends the episodes of tasks without a limit of their own, so that what follows an end can be seen.
    private const int FallbackLimit = 25;

    private IBatchedEnvironment? _batch;
    private IBatchedEnvironment? _twin;
    private IBatchedEnvironment? _single;

    public CheckSettings Settings { get; } = settings;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>What the registry says of it.</summary>
    public EnvironmentSpec Spec { get; } = registry.Find(id);

    /// <summary>Several copies.</summary>
    public IBatchedEnvironment Batch => _batch ??= Make(Settings.Copies);

    /// <summary>As many copies again.</summary>
    public IBatchedEnvironment Twin => _twin ??= Make(Settings.Copies);

    /// <summary>One copy.</summary>
    public IBatchedEnvironment Single => _single ??= Make(1);

    /// <summary>Where its simulations can be had alone; null for what runs elsewhere or is batched by its own means.</summary>
    public ISimulations? Simulations => Batch as ISimulations;

    /// <summary>Numbers in an observation.</summary>
    public int Size => Spec.ObservationSpace.Size;

    /// <summary>Numbers in an action.</summary>
    public int ActionSize => Spec.ActionSpace.Size;

    /// <summary>A new batch, which the caller disposes.</summary>
    public IBatchedEnvironment Make(int copies) => registry.Make(id, copies, FallbackLimit);

    /// <summary>Draws an action for each copy.</summary>
    public float[] Draw(int copies, ref Pcg64 random)
    {
        var actions = new float[copies * ActionSize];
        Draw(actions, ref random);
        return actions;
    }

    /// <summary>Draws as many actions as there is room for.</summary>
    public void Draw(Span<float> actions, ref Pcg64 random)
    {
        Cancellation.ThrowIfCancellationRequested();
        for (int i = 0; i < actions.Length; i += ActionSize)
        {
            Spec.ActionSpace.Sample(ref random, actions.Slice(i, ActionSize));
        }
    }

    /// <summary>Plays random actions from a seed.</summary>
    /// <param name="environment">Batch to reset and step.</param>
    /// <param name="seed">Seed of the batch.</param>
    /// <param name="visit">Called after the reset with 0, and after every step with its number; ends the play by returning false.</param>
    public void Play(IBatchedEnvironment environment, ulong seed, Func<int, bool> visit)
    {
        environment.Reset(seed);
        var random = new Pcg64(Settings.Seed);
        var actions = new float[environment.Count * ActionSize];
        for (int t = 0; visit(t) && t < Settings.Steps; t++)
        {
            Draw(actions, ref random);
            environment.Step(actions);
        }
    }

    public void Dispose()
    {
        foreach (IBatchedEnvironment? environment in (IBatchedEnvironment?[])[_batch, _twin, _single])
        {
            try
            {
                environment?.Dispose();
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                // The check of disposal has told of it.
            }
        }
    }
}
