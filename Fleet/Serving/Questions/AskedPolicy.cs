using Environments.Spaces;

namespace Fleet.Serving.Questions;

/// <summary>What a question has to fit. Immutable.</summary>
internal sealed class AskedPolicy
{
    /// <summary>The sizes of a policy.</summary>
    /// <param name="observations">What it observes.</param>
    /// <param name="coreStateSize">Numbers of a core state.</param>
    public AskedPolicy(Space observations, int coreStateSize)
    {
        Form = ObservationForm.Of(observations);
        CoreStateSize = coreStateSize;
        Limits = new PolicyLimits(observations.Size, coreStateSize);
    }

    /// <summary>How its observations are written.</summary>
    public ObservationForm Form { get; }

    /// <summary>Numbers of a core state; 0 for a policy without memory.</summary>
    public int CoreStateSize { get; }

    /// <summary>How much one question may ask.</summary>
    public PolicyLimits Limits { get; }
}
