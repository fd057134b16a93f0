using Agents.Networks;

namespace Learners.ActorCritic;

/// <summary>N samples of a trajectory batch as plain arrays, pinned so that tensors can alias them. Owns its arrays and is refilled.</summary>
internal sealed class Minibatch
{
    private readonly NetworkSpec _spec;
    private readonly float[] _observations;

    /// <summary>Room for <paramref name="count"/> samples.</summary>
    /// <param name="spec">Network that will read them.</param>
    /// <param name="count">Samples, N = T × B.</param>
    /// <param name="steps">Consecutive steps, T; 1 for samples that do not belong together.</param>
    /// <param name="withOldDistributions">Whether objectives read <see cref="OldDistributions"/>.</param>
    public Minibatch(NetworkSpec spec, int count, int steps = 1, bool withOldDistributions = false)
    {
        _spec = spec;
        Count = count;
        Steps = steps;
        EpisodeStarts = new bool[count];
        InitialCoreState = Pinned(count / steps * spec.CoreStateSize);
        Features = Pinned(count * spec.FeatureSize);
        // Where features are the observations, one array serves as both.
        _observations = spec.Plan.Features.AreObservations ? Features : new float[count * spec.ObservationSize];
        Actions = Pinned(count * spec.ActionSpace.Size);
        BehaviourLogProbs = Pinned(count);
        Advantages = Pinned(count);
        Returns = Pinned(count);
        OldValues = Pinned(count);
        OldDistributions = Pinned(withOldDistributions ? count * spec.DistributionSize : 0);
    }

    /// <summary>Observations as the network's <c>Unroll</c> reads them, <c>[N, ObservationSize]</c>.</summary>
    public float[] Observations => _observations;

    /// <summary>Samples, N.</summary>
    public int Count { get; }

    /// <summary>Consecutive steps, T; rows are time-major where it is above 1.</summary>
    public int Steps { get; }

    /// <summary>The observation begins an episode, <c>[T, B]</c>; only filled for networks with a core.</summary>
    public bool[] EpisodeStarts { get; }

    /// <summary>Core state before the unroll's step 0, <c>[B, CoreStateSize]</c>; a burn-in advances it to the first step here.</summary>
    public float[] InitialCoreState { get; }

    /// <summary>What the first layer reads, <c>[N, FeatureSize]</c>.</summary>
    public float[] Features { get; }

    /// <summary><c>[N, ActionSize]</c>.</summary>
    public float[] Actions { get; }

    /// <summary>Log-probs of the actions under the behaviour policy, <c>[N]</c>.</summary>
    public float[] BehaviourLogProbs { get; }

    /// <summary>Advantages, normalised where the settings ask for it, <c>[N]</c>.</summary>
    public float[] Advantages { get; }

    /// <summary>Targets of the value, <c>[N]</c>.</summary>
    public float[] Returns { get; }

    /// <summary>Values before the update, <c>[N]</c>.</summary>
    public float[] OldValues { get; }

    /// <summary>Parameters of the old policy's distributions, <c>[N, P]</c>; empty where nobody reads them.</summary>
    public float[] OldDistributions { get; }

    /// <summary>Copies the samples of the given rows.</summary>
    /// <param name="batch">Prepared trajectories.</param>
    /// <param name="rows">Rows t × B + b, as many as <see cref="Count"/>; of whole sequences, time-major, where there is a core.</param>
    /// <param name="normalizeAdvantages">Whether to shift and scale the advantages of these rows to mean 0 and deviation 1.</param>
    public void Fill(TrajectoryBatch batch, ReadOnlySpan<int> rows, bool normalizeAdvantages)
    {
        int observationSize = _spec.ObservationSize;
        int actionSize = _spec.ActionSpace.Size;
        ReadOnlySpan<float> observations = batch.Observations;
        ReadOnlySpan<float> actions = batch.Unroll.Actions;
        ReadOnlySpan<float> values = batch.Values;
        for (int i = 0; i < rows.Length; i++)
        {
            int row = rows[i];
            observations.Slice(row * observationSize, observationSize).CopyTo(_observations.AsSpan(i * observationSize));
            actions.Slice(row * actionSize, actionSize).CopyTo(Actions.AsSpan(i * actionSize));
            BehaviourLogProbs[i] = batch.Unroll.BehaviourLogProbs[row];
            Advantages[i] = batch.Advantages[row];
            Returns[i] = batch.Returns[row];
            OldValues[i] = values[row];
        }
        if (OldDistributions.Length > 0)
        {
            int size = _spec.DistributionSize;
            for (int i = 0; i < rows.Length; i++)
            {
                batch.OldDistributions.Slice(rows[i] * size, size).CopyTo(OldDistributions.AsSpan(i * size));
            }
        }
        int stateSize = _spec.CoreStateSize;
        if (stateSize > 0)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                EpisodeStarts[i] = batch.Unroll.EpisodeStarts[rows[i]];
            }
            for (int b = 0; b < Count / Steps; b++)
            {
                batch
                    .Unroll.InitialCoreState.AsSpan(rows[b] % batch.Unroll.Copies * stateSize, stateSize)
                    .CopyTo(InitialCoreState.AsSpan(b * stateSize));
            }
        }
        if (_observations != Features)
        {
            _spec.Plan.Features.EncodeRows(_observations, Features);
        }
        if (normalizeAdvantages)
        {
            Normalize(Advantages);
        }
    }

    // Deviation with N − 1, and 1e-8 beside it, as the widely used implementations do.
    private static void Normalize(Span<float> advantages)
    {
        if (advantages.Length < 2)
        {
            return; // a single one has no deviation
        }
        double sum = 0;
        foreach (float advantage in advantages)
        {
            sum += advantage;
        }
        double mean = sum / advantages.Length;
        double squares = 0;
        foreach (float advantage in advantages)
        {
            squares += (advantage - mean) * (advantage - mean);
        }
        double scale = 1 / (Math.Sqrt(squares / (advantages.Length - 1)) + 1e-8);
        for (int i = 0; i < advantages.Length; i++)
        {
            advantages[i] = (float)((advantages[i] - mean) * scale);
        }
    }

    private static float[] Pinned(int length) => GC.AllocateArray<float>(length, pinned: true);
}
