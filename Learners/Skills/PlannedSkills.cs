using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Policies;
using Agents.Policies.Acting;
using Agents.Yaml;
using Environments;
using Environments.Spaces;
using Environments.Tabular;
using Learners.Auxiliary;

namespace Learners.Skills;

/// <summary>
/// Finds the policy of each reward by soft value iteration over the exact dynamics, and saves it as a policy with a table. What a discovery finds then depends
/// on its rewards alone.
/// </summary>
internal sealed class PlannedSkills : ISkillTrainer
{
    private readonly DiscoverySettings _settings;
    private readonly EnvironmentSpec _task;
    private readonly ITabularModel _model;

    /// <summary>A planner of a discovery.</summary>
    /// <param name="settings">Temperature and discount.</param>
    /// <param name="task">The environment.</param>
    /// <exception cref="SettingsException">The environment does not tell its dynamics, or its observations are not its states.</exception>
    public PlannedSkills(DiscoverySettings settings, EnvironmentSpec task)
    {
        (_settings, _task) = (settings, task);
        _model =
            task.Model is { } model && task.ObservationSpace is Discrete { Size: 1 } states && states.Count == model.StateCount
                ? model
                : throw new SettingsException(
                    $"trainer: skills are planned, and {task.Id} does not show the states of exact dynamics one number each. Choose an environment that does, such as GridWorld/OpenEndedMaze16-v0, or trainer: learned."
                );
    }

    /// <inheritdoc/>
    public long StepsPerSkill => 0;

    /// <inheritdoc/>
    public Task<bool> TrainAsync(int skill, DiscoveryFolder files, CancellationToken cancellationToken)
    {
        if (!files.HasPolicy(skill))
        {
            var spec = new NetworkSpec(
                _task.ObservationSpace,
                _task.ActionSpace,
                new NetworkSettings { Encoder = EncoderKind.Table, HiddenSizes = [] }
            );
            using var reward = RewardNetwork.Load(files.Reward(skill), spec);
            var layout = new ParameterLayout(spec);
            var parameters = new float[layout.Count];
            Plan(reward, layout["actor.head.table"].In(parameters.AsSpan()), layout["critic.head.table"].In(parameters.AsSpan()));
            var info = new PolicyInfo
            {
                Agent = "planned",
                Environment = _settings.Environment,
                Acting = ActingPolicies.Sample.Name,
                Seed = _settings.Seed,
            };
            using var policy = new SavedPolicy(info, spec, parameters, statistics: null);
            Directory.CreateDirectory(files.Skill(skill));
            policy.Save(Path.Combine(files.Skill(skill), "policy"));
        }
        return Task.FromResult(true);
    }

    // Q / τ of each state and action, and V of each state.
    private void Plan(RewardNetwork reward, Span<float> logits, Span<float> values)
    {
        float[] states = [.. Enumerable.Range(0, _model.StateCount).Select(state => (float)state)];
        float[] pays = reward.Evaluate(states, states.Length).ToArray();
        float largest = _settings.Reward.Target;
        TabularModel model = ((TabularModel)_model).WithRewards(
            (state, _, next) =>
                Math.Clamp(
                    pays[
                        _settings.Reward.Reads switch
                        {
                            RewardedObservation.Next => next,
                            RewardedObservation.Before => state,
                        }
                    ],
                    0,
                    largest
                )
        );
        TabularPlan plan = TabularPlanner.Optimize(model, _settings.PlannedDiscount, temperature: _settings.Temperature);
        for (int i = 0; i < logits.Length; i++)
        {
            logits[i] = (float)(plan.ActionValues[i] / _settings.Temperature);
        }
        for (int state = 0; state < values.Length; state++)
        {
            values[state] = (float)plan.Values[state];
        }
    }
}
