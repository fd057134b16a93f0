using System.ComponentModel.DataAnnotations;

namespace Agents.Networks.Cores.FastSlow;

/// <summary>Settings of a fast-slow recurrent network; <c>core_size</c> is the size of its fast cells.</summary>
public sealed record FastSlowSettings : CoreSettings
{
    /// <inheritdoc/>
    public override string Core => "fs_rnn";

    /// <summary>Fast cells that run one after the other in each step, k.</summary>
    /// <value>2 to 16. Default 2.</value>
    [Range(2, 16)]
    public int Cells { get; init; } = 2;

    /// <summary>Core that is the fast cells.</summary>
    /// <value>The name of a core whose state is one row. Default ln_lstm, as published.</value>
    public string Fast { get; init; } = "ln_lstm";

    /// <summary>Core that is the slow cell.</summary>
    /// <value>As <see cref="Fast"/>; or none, for a chain of fast cells by itself: a deep transition.</value>
    public string Slow { get; init; } = "ln_lstm";

    /// <summary>Whether there is a slow cell.</summary>
    internal bool HasSlow => Slow != "none";

    /// <summary>Units of the slow cell.</summary>
    /// <value>1 to 4,096. Default 64.</value>
    [Range(1, 4_096)]
    public int SlowSize { get; init; } = 64;

    /// <summary>Share that is dropped, while learning, of what cells read from below and above and of the output, but not along the fast chain.</summary>
    /// <value>0 to 0.99. Default 0. Cells other than ln_lstm drop none of what they read.</value>
    [Range(0f, 0.99f)]
    public float Dropout { get; init; }

    /// <summary>Share of outputs that stay as they were in a step, of cells that are ln_lstm.</summary>
    /// <value>0 to 0.99. Default 0.</value>
    [Range(0f, 0.99f)]
    public float ZoneoutOutput { get; init; }

    /// <summary>Share of cells' memories that stay as they were in a step, of cells that are ln_lstm.</summary>
    /// <value>0 to 0.99. Default 0.</value>
    [Range(0f, 0.99f)]
    public float ZoneoutCell { get; init; }
}
