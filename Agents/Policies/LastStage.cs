using Agents.Networks;
using Agents.Programs;

namespace Agents.Policies;

/// <summary>Takes the last policy out of a mixture: the network's own, without what the earlier ones needed.</summary>
internal static class LastStage
{
    /// <summary>Folder of the policy beside the mixture's.</summary>
    public const string FolderName = "last_stage";

    /// <summary>The network of the last policy, and its parameters.</summary>
    /// <param name="mixture">A network with a mixture.</param>
    /// <param name="parameters">Its parameters.</param>
    public static (NetworkSpec Network, float[] Parameters) Of(NetworkSpec mixture, ReadOnlySpan<float> parameters)
    {
        NetworkSpec last = mixture with { Settings = mixture.ResolvedSettings with { Mixture = null } };
        var from = new ParameterLayout(mixture);
        var to = new ParameterLayout(last);
        var own = new float[to.Count];
        foreach (ParameterSlot slot in to.Slots)
        {
            from[slot.Name].In(parameters).CopyTo(slot.In(own.AsSpan()));
        }
        return (last, own);
    }
}
