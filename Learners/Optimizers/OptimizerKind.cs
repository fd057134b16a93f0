namespace Learners.Optimizers;

/// <summary>Which optimiser moves the parameters.</summary>
public enum OptimizerKind
{
    /// <summary>Adam (Kingma and Ba 2015).</summary>
    Adam,

    /// <summary>RMSProp (Hinton 2012).</summary>
    RmsProp,

    /// <summary>Stochastic gradient descent with momentum.</summary>
    Sgd,

    /// <summary>Natural gradient with Kronecker-factored curvature and a trust region (Wu et al. 2017).</summary>
    Kfac,
}
