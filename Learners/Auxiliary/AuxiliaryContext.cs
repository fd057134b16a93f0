using Environments.Randomness;
using Learners.Composition;
using Learners.Models;
using Learners.Objectives;
using Learners.Stages;

namespace Learners.Auxiliary;

/// <summary>What an auxiliary part is made of.</summary>
/// <param name="Run">The run and the agent's network.</param>
/// <param name="Seed">Seed of everything that the part draws.</param>
internal sealed record AuxiliaryContext(LearnerContext Run, SeedSequence Seed);

/// <summary>What an auxiliary part adds to a learner.</summary>
internal sealed record AuxiliaryParts
{
    /// <summary>Losses that are added to the agent's, each with its weight.</summary>
    public IReadOnlyList<Objective> Objectives { get; init; } = [];

    /// <summary>What works on batches; the learner owns them.</summary>
    public IReadOnlyList<IBatchStage> Stages { get; init; } = [];

    /// <summary>Numbers among the parameters that the run sets.</summary>
    public IReadOnlyList<GivenNumber> Given { get; init; } = [];
}
