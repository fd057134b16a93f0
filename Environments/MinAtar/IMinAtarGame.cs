using Environments.Randomness;

namespace Environments.MinAtar;

/// <summary>The rules of one game on a board of 10 × 10 cells; <see cref="MinAtarEnvironment{TGame}"/> makes an environment of them.</summary>
/// <remarks>Row 0 is the top. After a step that ended the game comes a reset, never another step.</remarks>
public interface IMinAtarGame
{
    /// <summary>Kinds of things on the board, each with a channel of its own, C.</summary>
    static abstract int Channels { get; }

    /// <summary>The actions that the game reacts to, in ascending order.</summary>
    static abstract ReadOnlySpan<MinAtarAction> MinimalActions { get; }

    /// <summary>Starts a game.</summary>
    void Reset<TRandom>(ref TRandom random)
        where TRandom : struct, IRandomSource;

    /// <summary>Plays one frame; the reward counts also in the frame that ends the game.</summary>
    StepResult Step<TRandom>(MinAtarAction action, ref TRandom random)
        where TRandom : struct, IRandomSource;

    /// <summary>Sets the cells where something is.</summary>
    /// <param name="cells"><c>[row, column, channel]</c>, all 0 before.</param>
    void Observe(Span<float> cells);
}
