namespace Agents.Yaml;

/// <summary>What settings of other libraries are called here, for errors.</summary>
/// <remarks>Names of Stable-Baselines3, CleanRL, RLlib, ML-Agents and their papers, each with our key; which section has it is looked up.</remarks>
internal static class FamiliarKeys
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        ["lr"] = "learning_rate",
        ["step_size"] = "learning_rate",
        ["gamma"] = "discount_factor",
        ["discount"] = "discount_factor",
        ["gae_lambda"] = "lambda",
        ["lambd"] = "lambda",
        ["lambda_"] = "lambda",
        ["n_steps"] = "unroll_length",
        ["num_steps"] = "unroll_length",
        ["n_step"] = "unroll_length",
        ["rollout_length"] = "unroll_length",
        ["rollout_fragment_length"] = "unroll_length",
        ["time_horizon"] = "unroll_length",
        ["n_envs"] = "copies",
        ["num_envs"] = "copies",
        ["num_workers"] = "copies",
        ["num_env_runners"] = "copies",
        ["n_epochs"] = "epochs",
        ["update_epochs"] = "epochs",
        ["num_epoch"] = "epochs",
        ["num_epochs"] = "epochs",
        ["num_sgd_iter"] = "epochs",
        ["noptepochs"] = "epochs",
        ["num_minibatches"] = "minibatches",
        ["nminibatches"] = "minibatches",
        ["batch_size"] = "minibatches",
        ["minibatch_size"] = "minibatches",
        ["sgd_minibatch_size"] = "minibatches",
        ["clip_coef"] = "clip_range",
        ["clip_param"] = "clip_range",
        ["cliprange"] = "clip_range",
        ["epsilon_clip"] = "clip_range",
        ["ent_coef"] = "entropy_coefficient",
        ["entropy_coeff"] = "entropy_coefficient",
        ["entropy_coef"] = "entropy_coefficient",
        ["beta"] = "entropy_coefficient",
        ["vf_coef"] = "value_coefficient",
        ["vf_loss_coeff"] = "value_coefficient",
        ["value_coef"] = "value_coefficient",
        ["max_grad_norm"] = "max_gradient_norm",
        ["grad_clip"] = "max_gradient_norm",
        ["norm_adv"] = "normalize_advantages",
        ["normalize_advantage"] = "normalize_advantages",
        ["anneal_lr"] = "learning_rate_schedule",
        ["total_timesteps"] = "total_steps",
        ["timesteps"] = "total_steps",
        ["n_timesteps"] = "total_steps",
        ["max_steps"] = "total_steps",
        ["env"] = "environment",
        ["env_id"] = "environment",
        ["gym_id"] = "environment",
        ["algo"] = "agent",
        ["trainer_type"] = "agent",
        ["net_arch"] = "hidden_sizes",
        ["fcnet_hiddens"] = "hidden_sizes",
        ["hidden_units"] = "hidden_sizes",
        ["hidden_dim"] = "hidden_sizes",
        ["hidden_size"] = "hidden_sizes",
        ["activation_fn"] = "activation",
        ["fcnet_activation"] = "activation",
        ["lstm_hidden_size"] = "core_size",
        ["memory_size"] = "core_size",
        ["device"] = "engine",
        ["normalize"] = "normalize_observations",
        ["norm_obs"] = "normalize_observations",
        ["norm_reward"] = "normalize_rewards",
        ["frame_stack_num"] = "frame_stack",
    };

    /// <summary>The key that another library's name means, or that stands in a section, as a path from the record on; null where the record has nothing of the kind.</summary>
    /// <param name="name">The name.</param>
    /// <param name="record">The record in which it was looked for; its sections are looked through, too.</param>
    public static string? Find(string name, object record) =>
        PathTo(Names.GetValueOrDefault(name.Replace('-', '_'), name), record, "", depth: 2);

    private static string? PathTo(string key, object record, string path, int depth)
    {
        IReadOnlyList<RecordProperty> properties = StrictYaml.Settable(record.GetType());
        if (properties.Any(property => StrictYaml.KeyOf(property) == key))
        {
            return path + key;
        }
        return depth == 0
            ? null
            : properties
                .Select(property => (Property: property, Value: property.GetValue(record)))
                .Where(inner => inner.Value is not null && StrictYaml.IsRecord(inner.Value))
                .Select(inner =>
                    PathTo(key, inner.Value!, $"{path}{StrictYaml.PlaceOf(inner.Property, inner.Value)}.", depth - 1)
                )
                .FirstOrDefault(found => found is not null);
    }
}
