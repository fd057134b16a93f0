using Agents.Policies;
using Agents.Policies.Acting;
using Environments.Randomness;
using Fleet.Serving.Questions;
using Microsoft.AspNetCore.Http;

namespace Fleet.Serving;

/// <summary>One policy that many callers ask; one is answered at a time. Thread-safe. Does not own the policy.</summary>
/// <param name="policy">Who is asked.</param>
/// <param name="seed">Seed of drawn actions.</param>
internal sealed class PolicyDesk(SavedPolicy policy, ulong seed)
{
    private readonly object _lock = new();
    private readonly Dictionary<int, PolicyOutput> _outputs = []; // by rows
    private Pcg64 _random = new(new SeedSequence(seed));

    /// <summary>The policy.</summary>
    public SavedPolicy Policy { get; } = policy;

    /// <summary>What questions have to fit.</summary>
    public AskedPolicy Asked { get; } = new(policy.ObservationSpace, policy.CoreStateSize);

    /// <summary>How much one question may ask.</summary>
    public PolicyLimits Limits => Asked.Limits;

    /// <summary>Places for large questions.</summary>
    public LargeQuestions Large { get; } = new();

    /// <summary>Waits for a place where the answer to so many rows takes much memory.</summary>
    public ValueTask MakeRoomAsync(int rows, HttpContext context) =>
        (long)rows * Limits.NumbersPerRow * sizeof(float) > LargeQuestions.SmallBytes ? Large.EnterAsync(context) : default;

    /// <summary>Chooses an action per row.</summary>
    /// <param name="observations"><c>[B, ObservationSize]</c>, as the environment gives them.</param>
    /// <param name="episodeStarts"><c>[B]</c>; empty for: none where a core state is given, else all.</param>
    /// <param name="coreState"><c>[B, CoreStateSize]</c>, from the last answer; empty at the beginning.</param>
    /// <param name="sample">Whether the policy acts in its own way, which for most is to draw; else the most probable actions are taken.</param>
    /// <param name="raw">Whether the answer holds what the distribution gave, to which the log-probabilities belong, in place of actions of the space.</param>
    /// <exception cref="ArgumentException">A length is wrong, or a number cannot be.</exception>
    public PolicyAnswer Act(
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        ReadOnlySpan<float> coreState,
        bool sample,
        bool raw
    )
    {
        int size = Policy.ObservationSpace.Size;
        int rows = observations.Length / size;
        if (rows < 1 || rows > Limits.Rows || rows * size != observations.Length)
        {
            throw new ArgumentException(
                $"Observations are rows of {size} numbers, 1 to {Limits.Rows} of them; {observations.Length} numbers were sent."
            );
        }
        if (!episodeStarts.IsEmpty && episodeStarts.Length != rows)
        {
            throw new ArgumentException($"{rows} observations came with {episodeStarts.Length} flags of episode starts.");
        }
        if (!coreState.IsEmpty && coreState.Length != rows * Policy.CoreStateSize)
        {
            throw new ArgumentException(
                $"A core state of {rows} rows has {rows * Policy.CoreStateSize} numbers; {coreState.Length} were sent."
            );
        }
        if (coreState.ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
        {
            throw new ArgumentException("The core state holds a number that is not finite.");
        }
        var starts = new bool[rows];
        if (episodeStarts.IsEmpty)
        {
            Array.Fill(starts, coreState.IsEmpty);
        }
        episodeStarts.CopyTo(starts);
        var state = new float[rows * Policy.CoreStateSize];
        coreState.CopyTo(state);
        lock (_lock)
        {
            if (!_outputs.TryGetValue(rows, out PolicyOutput? output))
            {
                if (_outputs.Count >= 16)
                {
                    _outputs.Clear();
                }
                _outputs[rows] = output = Policy.CreateOutput(rows, values: false);
            }
            Policy.Act(observations, starts, state, sample ? Policy.Acting : ActingPolicies.Greedy, ref _random, output);
            return new PolicyAnswer([.. raw ? output.Samples : output.Actions], [.. output.LogProbs], state);
        }
    }
}
