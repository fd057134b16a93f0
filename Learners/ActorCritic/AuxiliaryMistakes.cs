using System.ComponentModel.DataAnnotations;
using Learners.Auxiliary;
using Learners.Composition;

namespace Learners.ActorCritic;

/// <summary>What is wrong with auxiliary parts beside each other, beside their agent and in its run.</summary>
internal static class AuxiliaryMistakes
{
    /// <summary>Every mistake, in a sentence with a remedy.</summary>
    /// <param name="agent">The agent, which has the parts.</param>
    /// <param name="run">Its run.</param>
    public static IEnumerable<ValidationResult> Of(ActorCriticSettings agent, TrainingSettings run)
    {
        if (run.Network.Mixture is not null && !agent.Auxiliary.Any(auxiliary => auxiliary.SetsMixture))
        {
            yield return new ValidationResult(
                $"network.mixture is set, and nothing says how its policies hand over, so that the first would act for ever. Write its stages under {agent.Agent.Name}.auxiliary.curriculum, which sets it.",
                [nameof(agent.Auxiliary)]
            );
        }
        AuxiliarySettings[] replacing = [.. agent.Auxiliary.Where(auxiliary => auxiliary.ReplacesRewards)];
        if (replacing.Length > 1)
        {
            yield return new ValidationResult(
                $"{replacing[0].Name} and {replacing[1].Name} both stand in for the task's rewards, which would be taken away twice. Leave one of them out, or set its task_weight to 1.",
                [nameof(agent.Auxiliary)]
            );
        }
        foreach (AuxiliarySettings auxiliary in agent.Auxiliary)
        {
            if (auxiliary.TakesPlainReturns && (agent.OffPolicyClips is not null || agent.ReturnScaleRate is not null))
            {
                yield return new ValidationResult(
                    $"{auxiliary.Name}.critic is false, which takes returns as they are, and this agent's are corrected by V-trace or normalised. Set critic to true, reward_weight to 0, or choose another agent.",
                    [nameof(agent.Auxiliary)]
                );
            }
            if (auxiliary.WeighsSamples && !agent.CountsWeights)
            {
                yield return new ValidationResult(
                    $"{auxiliary.Name} takes steps out of the means of losses, as those of its guide, and {agent.Agent.Name} ranks all steps of a batch. Leave its guide out, or choose another agent.",
                    [nameof(agent.Auxiliary)]
                );
            }
            if (auxiliary.HasSeveralValues && agent.ReturnScaleRate is not null)
            {
                yield return new ValidationResult(
                    $"PopArt keeps the units of one value head, and with {auxiliary.Name}.shared_value false each policy has its own. Set it to true, or leave PopArt out.",
                    ["PopArt"]
                );
            }
            if (auxiliary.MistakeIn(run) is { } mistake)
            {
                yield return new ValidationResult(mistake, [nameof(agent.Auxiliary)]);
            }
        }
    }
}
