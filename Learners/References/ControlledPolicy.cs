using Agents.Distributions;
using Agents.Policies;
using Agents.Policies.Acting;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.Composition;

namespace Learners.References;

/// <summary>Acts as a reference policy does, while the agent's own network looks on and keeps its memory. Owns the reference policy.</summary>
/// <remarks>Recorded log-probabilities are those of the policy that acts, and core states those of the agent.</remarks>
internal sealed class ControlledPolicy : IPolicy, ISavable
{
    private readonly NetworkPolicy _student;
    private readonly RawReference _control;
    private readonly ActionDistribution _family;
    private readonly ActionMapping _mapping;
    private readonly List<(PolicyOutput Output, float[] State)> _states = []; // one for each part of the copies
    private float[] _values = [];

    /// <summary>A policy in another one's control.</summary>
    /// <param name="student">The agent's policy; not owned.</param>
    /// <param name="control">Who acts; owned from here on.</param>
    public ControlledPolicy(NetworkPolicy student, RawReference control)
    {
        (_student, _control) = (student, control);
        _family = student.Spec.Distribution;
        _mapping = new ActionMapping(student.Spec.ActionSpace, student.Spec.ScalesActions);
    }

    /// <inheritdoc/>
    public Space ObservationSpace => _student.ObservationSpace;

    /// <inheritdoc/>
    public Space ActionSpace => _student.ActionSpace;

    /// <inheritdoc/>
    public IActingPolicy Acting => ActingPolicies.Sample;

    /// <inheritdoc/>
    public int CoreStateSize => _student.CoreStateSize;

    /// <inheritdoc/>
    public PolicyOutput CreateOutput(int count, bool values = true)
    {
        PolicyOutput output = _student.CreateOutput(count, values);
        _states.Add((output, new float[count * _control.CoreStateSize]));
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
        _student.Act(observations, episodeStarts, coreState, ActingPolicies.Greedy, ref random, output);
        float[] state = _states.Find(part => part.Output == output).State;
        if (_values.Length < output.Count)
        {
            _values = new float[output.Count];
        }
        Span<float> distributions = output.DistributionBuffer;
        _control.Step(observations, episodeStarts, state, distributions, _values.AsSpan(0, output.Count));
        int parameterSize = _family.ParameterSize;
        int actionSize = _family.ActionSize;
        for (int row = 0; row < output.Count; row++)
        {
            ReadOnlySpan<float> parameters = distributions.Slice(row * parameterSize, parameterSize);
            Span<float> sample = output.Samples.Slice(row * actionSize, actionSize);
            _family.Sample(parameters, ref random, sample);
            output.LogProbs[row] = output.BehaviourLogProbs[row] = _family.LogProb(parameters, sample);
            output.Entropies[row] = _family.Entropy(parameters);
        }
        _mapping.Apply(output.Samples, output.Actions);
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        for (int i = 0; i < _states.Count; i++)
        {
            state.Set<float>($"core_state.{i}", _states[i].State);
        }
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        for (int i = 0; i < _states.Count; i++)
        {
            state.Read<float>($"core_state.{i}", _states[i].State);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _control.Dispose();
}
