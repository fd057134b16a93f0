namespace Environments;

/// <summary>When a batched environment starts the next episode of a copy whose episode ended (Gymnasium's names).</summary>
public enum AutoresetMode
{
    /// <summary>
    /// In the step that ended it: the observation is already the next episode's first one, and the final one lies in
    /// <see cref="IBatchedEnvironment.FinalObservations"/>. Native environments do this.
    /// </summary>
    SameStep,

    /// <summary>In the following step, whose action is ignored.</summary>
    NextStep,
}
