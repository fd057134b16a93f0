using Agents.Networks;
using Environments;
using Environments.Randomness;

namespace Learners.Composition;

/// <summary>All that an agent makes its learner of. Immutable; derive variants with <c>with</c>, as to wrap <see cref="Experience"/>.</summary>
public sealed record LearnerContext
{
    /// <summary>The run, with the agent's own settings in <see cref="TrainingSettings.Agent"/> and the choice of the engine.</summary>
    public required TrainingSettings Settings { get; init; }

    /// <summary>The network that acts: its spaces, as the policy sees them, and its layers. Parameters are laid out by it.</summary>
    public required NetworkSpec Network { get; init; }

    /// <summary>Seed of everything that the learner draws. Child 0 draws <see cref="InitialParameters"/>.</summary>
    public required SeedSequence Seed { get; init; }

    /// <summary>Where the learner pulls its unrolls.</summary>
    public required IExperienceSource Experience { get; init; }

    /// <summary>Looks an environment up by its id, for parts that plan; it may start a process for one that is not this library's.</summary>
    internal Func<string, EnvironmentSpec?> FindTask { get; init; } = _ => null;

    /// <summary>Parameters to begin with; null for fresh ones, and in a resumed run.</summary>
    internal StartingParameters? Start { get; init; }

    /// <summary>
    /// Parameters of <see cref="Network"/> to begin with: fresh ones, orthogonal weights and constant biases, or those of the run's
    /// <see cref="TrainingSettings.InitialPolicy"/>. The same at each call; the caller owns the array.
    /// </summary>
    public float[] InitialParameters()
    {
        var random = new Pcg64(Seed.Child(0));
        var layout = new ParameterLayout(Network);
        float[] parameters = ParameterInitializer.Create(layout, ref random);
        Start?.CopyTo(layout, parameters);
        return parameters;
    }
}
