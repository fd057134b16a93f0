using Environments.Randomness;

namespace Environments.GridWorld;

/// <summary>
/// One task of the MiniGrid family: how big its world is, how an episode's world is drawn, and when it is solved otherwise than at a goal.
/// Implement it as a struct of plain values; it may keep what it needs to know about the current episode.
/// </summary>
public interface IMiniGridLayout
{
    /// <summary>Cells from left to right, outer wall included; 3 to <see cref="MiniGrid.MaxSize"/>.</summary>
    int Width { get; }

    /// <summary>Cells from top to bottom, outer wall included; 3 to <see cref="MiniGrid.MaxSize"/>.</summary>
    int Height { get; }

    /// <summary>Steps within which the task should be done. The reward falls from 1 to 0.1 over them.</summary>
    int MaxSteps { get; }

    /// <summary>Whether walls and doors hide nothing.</summary>
    static virtual bool SeesThroughWalls => false;

    /// <summary>Whether the action to pick up toggles instead.</summary>
    static virtual bool PickUpToggles => false;

    /// <summary>Draws the world of an episode.</summary>
    /// <param name="grid">An empty room of the layout's size without an agent, to be filled.</param>
    /// <param name="random">The copy's stream.</param>
    void Generate(ref MiniGrid grid, ref Pcg64 random);

    /// <summary>Judges a step after it was made. Entering a goal is a success whatever is returned here.</summary>
    /// <param name="grid">The world after the step.</param>
    /// <param name="action">The action just taken.</param>
    MiniGridOutcome Judge(in MiniGrid grid, MiniGridAction action);
}
