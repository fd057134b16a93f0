namespace Studies.Claims;

/// <summary>How much of a claim is run.</summary>
internal enum ReproductionBudget
{
    /// <summary>Small tasks: minutes on two cores.</summary>
    Quick,

    /// <summary>Everything that the claim names: hours.</summary>
    Full,
}
