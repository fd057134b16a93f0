using Environments.Tabular;

namespace Learners.Skills;

/// <summary>Steps from where episodes start to each state of exact dynamics, by the shortest way.</summary>
internal static class TabularDepth
{
    /// <summary>Steps to each state, <c>[S]</c>; −1 where no way leads.</summary>
    public static int[] Of(ITabularModel model)
    {
        var depths = new int[model.StateCount];
        var waiting = new Queue<int>();
        for (int state = 0; state < depths.Length; state++)
        {
            depths[state] = model.StartProbabilities[state] > 0 ? 0 : -1;
            if (depths[state] == 0)
            {
                waiting.Enqueue(state);
            }
        }
        while (waiting.TryDequeue(out int state))
        {
            for (int action = 0; action < model.ActionCount; action++)
            {
                foreach (ref readonly Transition transition in model.Transitions(state, action))
                {
                    if (transition.Probability > 0 && depths[transition.NextState] < 0)
                    {
                        depths[transition.NextState] = depths[state] + 1;
                        waiting.Enqueue(transition.NextState);
                    }
                }
            }
        }
        return depths;
    }
}
