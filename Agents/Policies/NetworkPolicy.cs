using Agents.Distributions;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies.Acting;
using Environments.Randomness;
using Environments.Spaces;

namespace Agents.Policies;

/// <summary>The policy of an actor-critic network on raw observations, which it scales and normalises itself. Owns its copy of the parameters.</summary>
internal sealed class NetworkPolicy : IPolicy
{
    private readonly ProgramNetwork _network;
    private readonly ActionDistribution _distribution;
    private readonly ActionMapping _mapping;
    private float[] _inputs = [];

    /// <summary>A policy whose parameters are 0 until <see cref="LoadParameters"/>.</summary>
    /// <param name="spec">What the network is.</param>
    /// <param name="acting">How it acts unless told otherwise.</param>
    public NetworkPolicy(NetworkSpec spec, IActingPolicy acting)
    {
        Spec = spec;
        Acting = acting;
        _network = new ProgramNetwork(spec);
        _distribution = spec.Distribution;
        _mapping = new ActionMapping(spec.ActionSpace, spec.ScalesActions);
    }

    /// <summary>What the network is.</summary>
    public NetworkSpec Spec { get; }

    /// <summary>Updates that led to the current parameters.</summary>
    public long ParameterVersion { get; private set; }

    /// <summary>What it does to observations before the network reads them; given together with parameters, and fixed until the next ones.</summary>
    /// <value>Default: nothing.</value>
    public ObservationTransform Inputs { get; set; } = ObservationTransform.Identity;

    /// <inheritdoc/>
    public Space ObservationSpace => Spec.ObservationSpace;

    /// <inheritdoc/>
    public Space ActionSpace => Spec.ActionSpace;

    /// <inheritdoc/>
    public IActingPolicy Acting { get; }

    /// <inheritdoc/>
    public int CoreStateSize => Spec.CoreStateSize;

    /// <summary>Takes a copy of newer parameters.</summary>
    public void LoadParameters(ReadOnlySpan<float> parameters, long version)
    {
        _network.LoadParameters(parameters);
        ParameterVersion = version;
    }

    /// <inheritdoc cref="ProgramNetwork.Watch"/>
    public bool Watch(string name) => _network.Watch(name);

    /// <inheritdoc cref="ProgramNetwork.Watched"/>
    public ReadOnlySpan<float> Watched(string name) => _network.Watched(name);

    /// <inheritdoc/>
    public PolicyOutput CreateOutput(int count, bool values = true) =>
        new(count, _distribution.ActionSize, _distribution.ParameterSize, values);

    /// <inheritdoc/>
    public void Act(
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        IActingPolicy acting,
        ref Pcg64 random,
        PolicyOutput output
    )
    {
        Span<float> distributions = output.DistributionBuffer;
        Evaluate(1, observations, episodeStarts, coreState, distributions, output.Values);
        int parameterSize = _distribution.ParameterSize;
        int actionSize = _distribution.ActionSize;
        for (int row = 0; row < output.Count; row++)
        {
            ReadOnlySpan<float> parameters = distributions.Slice(row * parameterSize, parameterSize);
            Span<float> sample = output.Samples.Slice(row * actionSize, actionSize);
            acting.Choose(_distribution, parameters, ref random, sample);
            float logProb = _distribution.LogProb(parameters, sample);
            output.LogProbs[row] = logProb;
            output.BehaviourLogProbs[row] = acting.LogProb(_distribution, parameters, sample, logProb);
            output.Entropies[row] = _distribution.Entropy(parameters);
        }
        _mapping.Apply(output.Samples, output.Actions);
    }

    /// <summary>What the network says of T steps of B rows; each row gives what it gives in <see cref="Act"/>, bit for bit.</summary>
    /// <param name="steps">T.</param>
    /// <param name="observations">Raw, <c>[T, B, ObservationSize]</c>.</param>
    /// <param name="episodeStarts"><c>[T, B]</c>.</param>
    /// <param name="coreState"><c>[B, CoreStateSize]</c>: before step 0 on entry, after the last step on return.</param>
    /// <param name="distributions">Destination, <c>[T, B, P]</c>.</param>
    /// <param name="values">Destination, <c>[T, B]</c>; empty to leave the critic out.</param>
    public void Evaluate(
        int steps,
        ReadOnlySpan<float> observations,
        ReadOnlySpan<bool> episodeStarts,
        Span<float> coreState,
        Span<float> distributions,
        Span<float> values
    )
    {
        if (!Inputs.IsIdentity)
        {
            if (_inputs.Length < observations.Length)
            {
                _inputs = new float[observations.Length];
            }
            Inputs.Apply(observations, _inputs);
            observations = _inputs.AsSpan(0, observations.Length);
        }
        _network.Unroll(steps, observations, episodeStarts, coreState, distributions, values);
    }

    /// <inheritdoc/>
    public void Dispose() => _network.Dispose();
}
