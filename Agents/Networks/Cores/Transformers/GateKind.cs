namespace Agents.Networks.Cores.Transformers;

/// <summary>How a sub-layer's output y joins the stream x that passes it by (Parisotto et al. 2020, section 3.2).</summary>
public enum GateKind
{
    /// <summary>x + y, as in the original transformer.</summary>
    Residual,

    /// <summary>σ(W x) x + y.</summary>
    Input,

    /// <summary>x + σ(W x − b) y.</summary>
    Output,

    /// <summary>s x + (1 − s) y with s = σ(W x + b).</summary>
    Highway,

    /// <summary>x + σ(W y − b) tanh(U y).</summary>
    SigTanh,

    /// <summary>(1 − z) x + z h with r = σ(W_r y + U_r x), z = σ(W_z y + U_z x − b), h = tanh(W_h y + U_h (r x)).</summary>
    Gru,
}
