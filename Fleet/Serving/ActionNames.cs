using Agents.Policies;
using Environments;
using Environments.Spaces;

namespace Fleet.Serving;

/// <summary>What the actions of a policy are called by its environment.</summary>
internal static class ActionNames
{
    /// <summary>A name for each action; empty where the environment has none, is not known or not allowed here, or where actions are not its own.</summary>
    /// <param name="policy">The policy, which may be a stranger's.</param>
    /// <param name="registry">Where its environment is looked up.</param>
    public static IReadOnlyList<string> Of(SavedPolicy policy, EnvironmentRegistry registry)
    {
        if (policy.ActionSpace is not Discrete { Count: var count } || policy.Info.Options is not null)
        {
            return [];
        }
        try
        {
            return
                registry.ForForeignIds.TryFind(policy.Info.Environment, out EnvironmentSpec? spec)
                && spec.ActionNames.Count == count
                ? spec.ActionNames
                : [];
        }
        catch (Exception exception)
            when (exception
                    is ArgumentException
                        or IOException
                        or InvalidDataException
                        or NotSupportedException
                        or DllNotFoundException
                        or EnvironmentFaultException
                        or EnvironmentNotAllowedException
            )
        {
            return []; // names are an extra, and the policy answers without them
        }
    }
}
