using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Policies;
using Environments.Wrappers;
using Fleet.Serving.Questions;
using Microsoft.OpenApi;

namespace Fleet.Serving.Descriptions;

/// <summary>A policy in JSON: where it comes from, its spaces, its memory, and what a caller has to do for it.</summary>
internal static class PolicyDescription
{
    /// <summary>Letters are written as they are: nobody shows this as a page.</summary>
    public static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly (string Name, JsonSchemaType Type, string Meaning)[] Fields =
    [
        ("environment", JsonSchemaType.String, "Environment that it was trained on."),
        ("agent", JsonSchemaType.String, "Agent that trained it."),
        (
            "acting",
            JsonSchemaType.String,
            "How it acts where sample is asked for: sample draws, greedy takes the most probable action."
        ),
        ("observation_size", JsonSchemaType.Integer, "Numbers of an observation."),
        ("action_size", JsonSchemaType.Integer, "Numbers of an action."),
        ("core_state_size", JsonSchemaType.Integer, "Numbers of its memory; 0 for none."),
        ("observation_space", JsonSchemaType.Object, "Kind, shape, bounds and entries of observations; a bound of null is none."),
        ("action_space", JsonSchemaType.Object, "Kind, shape, bounds and names of actions; a bound of null is none."),
        ("memory", JsonSchemaType.Object, "What remembers, how much, and who keeps it."),
        ("caller", JsonSchemaType.Object, "What a caller has to stack, add, repeat or choose, as numbers."),
        ("policy", JsonSchemaType.Object, "What the policy does to observations and actions itself."),
        ("instructions", JsonSchemaType.Array, "The same in sentences, for whoever writes the caller."),
        ("parameter_hash", JsonSchemaType.String, "SHA-256 of its parameters."),
        ("max_rows", JsonSchemaType.Integer, "Most observations of one question."),
    ];

    /// <summary>One object.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="limits">How much one question may ask.</param>
    /// <param name="names">What each action does; empty where they have no names.</param>
    public static JsonObject Of(SavedPolicy policy, PolicyLimits limits, IReadOnlyList<string> names) =>
        new()
        {
            ["environment"] = policy.Info.Environment,
            ["agent"] = policy.Info.Agent,
            ["acting"] = policy.Info.Acting,
            ["observation_size"] = policy.ObservationSpace.Size,
            ["action_size"] = policy.ActionSpace.Size,
            ["core_state_size"] = policy.CoreStateSize,
            ["observation_space"] = SpaceJson.Of(policy.ObservationSpace),
            ["action_space"] = SpaceJson.Of(policy.ActionSpace, names),
            ["memory"] = new JsonObject
            {
                ["core"] = policy.Network.Core,
                ["size"] = policy.CoreStateSize,
                ["kept_by"] = policy.CoreStateSize == 0 ? "nobody" : "caller",
            },
            ["caller"] = OfCaller(policy.Info),
            ["policy"] = new JsonObject
            {
                ["observation_scale"] = policy.Info.ObservationScale,
                ["normalizes_observations"] = policy.Statistics is not null,
                ["view"] = policy.Network.View is { } view ? new JsonArray([.. view.Select(part => (JsonNode)part)]) : null,
                ["scales_actions"] = policy.ActingNetwork.Spec.ScalesActions,
            },
            ["instructions"] = new JsonArray([
                .. PolicyNeeds
                    .OfCaller(policy)
                    .Concat(PolicyNeeds.OfPolicy(policy))
                    .Concat(PolicyNeeds.OfTraining(policy.Info))
                    .Select(sentence => (JsonNode)sentence),
            ]),
            ["parameter_hash"] = policy.ParameterHash,
            ["max_rows"] = limits.Rows,
        };

    /// <summary>The schema of such objects.</summary>
    public static OpenApiSchema Schema() =>
        SpaceSchema.Object([
            .. Fields.Select(field =>
                (
                    field.Name,
                    new OpenApiSchema
                    {
                        Type = field.Type,
                        Description = field.Meaning,
                        Items = field.Type == JsonSchemaType.Array ? new OpenApiSchema { Type = JsonSchemaType.String } : null,
                    }
                )
            ),
        ]);

    private static JsonObject OfCaller(TaskSettings task) =>
        new()
        {
            ["frame_stack"] = task.FrameStack,
            ["previous_action_reward"] = task.PreviousActionReward,
            ["skills"] = task.Skills,
            ["frame_skip"] = task.FrameSkip,
            ["option_horizon"] = task.Options?.Horizon,
        };
}
