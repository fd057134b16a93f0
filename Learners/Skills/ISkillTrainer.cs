namespace Learners.Skills;

/// <summary>Finds the policy of a reward network.</summary>
internal interface ISkillTrainer
{
    /// <summary>Environment steps of a skill.</summary>
    long StepsPerSkill { get; }

    /// <summary>Finds it, or goes on where it was stopped; it is then in the folder of the skill.</summary>
    /// <param name="skill">Number of the skill, from 0.</param>
    /// <param name="files">Where everything lies.</param>
    /// <param name="cancellationToken">Asks to save and end.</param>
    /// <returns>False where it was stopped before it was found.</returns>
    Task<bool> TrainAsync(int skill, DiscoveryFolder files, CancellationToken cancellationToken);
}
