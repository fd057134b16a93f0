using Agents.Distributions;
using Agents.Policies;
using Agents.Policies.Acting;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.Composition;
using Learners.References;

namespace Learners.Auxiliary;

/// <summary>Acts as the agent does, but where a guide begins an episode. Owns the guide.</summary>
/// <remarks>
/// What is recorded of a guided step is the probability that the agent would have given its action: nothing is learned from the step, and ratios of it are
/// 1 at first, so that no estimate of how far the policy has moved is led astray.
/// </remarks>
internal sealed class GuidedPolicy : IPolicy, ISavable
{
    private readonly NetworkPolicy _agent;
    private readonly RawReference _guide;
    private readonly GuideClock _clock;
    private readonly ActionDistribution _family;
    private readonly ActionMapping _mapping;
    private readonly List<Part> _parts = []; // of the copies, in their order

    /// <summary>A guided policy before its first step.</summary>
    /// <param name="agent">The agent's policy; not owned.</param>
    /// <param name="settings">Which policy guides.</param>
    /// <param name="clock">When.</param>
    /// <param name="findTask">Looks an environment up by its id.</param>
    /// <param name="run">The run.</param>
    public GuidedPolicy(
        NetworkPolicy agent,
        GuideSettings settings,
        GuideClock clock,
        Func<string, EnvironmentSpec?> findTask,
        TrainingSettings run
    )
    {
        (_agent, _clock) = (agent, clock);
        _family = agent.Spec.Distribution;
        _mapping = new ActionMapping(agent.Spec.ActionSpace, agent.Spec.ScalesActions);
        var context = new ReferenceContext(agent.Spec, run, findTask, new SeedSequence(run.Seed), "neural_reward.guide");
        _guide = (RawReference)settings.Policy.Create(context);
    }

    /// <inheritdoc/>
    public Space ObservationSpace => _agent.ObservationSpace;

    /// <inheritdoc/>
    public Space ActionSpace => _agent.ActionSpace;

    /// <inheritdoc/>
    public IActingPolicy Acting => _agent.Acting;

    /// <inheritdoc/>
    public int CoreStateSize => _agent.CoreStateSize;

    /// <inheritdoc/>
    public PolicyOutput CreateOutput(int count, bool values = true)
    {
        PolicyOutput output = _agent.CreateOutput(count, values);
        _parts.Add(
            new Part(
                output,
                _parts.Sum(part => part.Output.Count),
                new bool[count],
                new float[count * _guide.CoreStateSize],
                new float[count * _family.ParameterSize],
                new float[count]
            )
        );
        return output;
    }

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
        Part part = _parts.Find(other => other.Output == output)!;
        _agent.Act(observations, episodeStarts, coreState, acting, ref random, output);
        _clock.Advance(part.First, episodeStarts, part.Guided);
        _guide.Step(observations, episodeStarts, part.State, part.Distributions, part.Values);
        int parameters = _family.ParameterSize;
        int actions = _family.ActionSize;
        bool any = false;
        for (int row = 0; row < output.Count; row++)
        {
            if (!part.Guided[row])
            {
                continue;
            }
            any = true;
            Span<float> sample = output.Samples.Slice(row * actions, actions);
            _family.Sample(part.Distributions.AsSpan(row * parameters, parameters), ref random, sample);
            float logProb = _family.LogProb(output.DistributionBuffer.AsSpan(row * parameters, parameters), sample);
            output.LogProbs[row] = output.BehaviourLogProbs[row] = logProb;
        }
        if (any)
        {
            _mapping.Apply(output.Samples, output.Actions);
        }
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        _clock.SaveState(state.Scope("clock"));
        for (int i = 0; i < _parts.Count; i++)
        {
            state.Set<float>($"core_state.{i}", _parts[i].State);
        }
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        _clock.LoadState(state.Scope("clock"));
        for (int i = 0; i < _parts.Count; i++)
        {
            state.Read<float>($"core_state.{i}", _parts[i].State);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _guide.Dispose();

    // Copies from First on, and the guide's part of them.
    private sealed record Part(
        PolicyOutput Output,
        int First,
        bool[] Guided,
        float[] State,
        float[] Distributions,
        float[] Values
    );
}
