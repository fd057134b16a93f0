using Environments;

namespace Tests.EnvironmentTests.Memory;

/// <summary>Plays a task by a rule that may look at everything the episode has shown so far: a perfect memory.</summary>
internal static class ScriptedPlayer
{
    /// <summary>Mean return of whole episodes of one copy.</summary>
    /// <param name="id">Environment.</param>
    /// <param name="episodes">Episodes.</param>
    /// <param name="act">The action, given the episode's observations, the latest one last.</param>
    public static double MeanReturn(string id, int episodes, Func<IReadOnlyList<float[]>, int> act) =>
        Returns(id, episodes, act).Average();

    /// <summary>Return of each episode.</summary>
    public static double[] Returns(string id, int episodes, Func<IReadOnlyList<float[]>, int> act)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(id);
        batch.Reset(5);
        var returns = new double[episodes];
        for (int episode = 0; episode < episodes; episode++)
        {
            List<float[]> shown = [batch.Observations.ToArray()];
            do
            {
                batch.Step([act(shown)]);
                returns[episode] += batch.Rewards[0];
                shown.Add(batch.Observations.ToArray());
            } while (!batch.Terminated[0] && !batch.Truncated[0]);
        }
        return returns;
    }

    /// <summary>Where the 1 of a one-hot vector stands.</summary>
    public static int Hot(ReadOnlySpan<float> vector) => vector.IndexOf(1f);
}
