namespace Agents.Networks;

/// <summary>Memory between encoder and heads.</summary>
public enum CoreKind
{
    /// <summary>No memory: a feed-forward agent.</summary>
    Identity,

    /// <summary>Long short-term memory (Hochreiter and Schmidhuber 1997; gates of Gers et al. 2000).</summary>
    Lstm,

    /// <summary>Gated recurrent unit (Cho et al. 2014).</summary>
    Gru,

    /// <summary>Transformer with a memory of earlier steps, relative positions and gates: GTrXL (Parisotto et al. 2020), and its ancestors.</summary>
    Gtrxl,
}
