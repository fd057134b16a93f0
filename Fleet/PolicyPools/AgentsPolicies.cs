using Agents.Policies;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Fleet.PolicyPools;

/// <summary>Policies for programs that are put together by dependency injection, such as those of ASP.NET.</summary>
public static class AgentsPolicies
{
    /// <summary>Adds a saved policy as a <see cref="PolicyPool"/>, which is loaded when it is first asked for and disposed with the program.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="folder">Folder of the policy, such as <c>runs/…/policy</c>.</param>
    /// <param name="options">Size and ways of the pool; null for the defaults.</param>
    /// <param name="name">Key of the pool where a program has several, which ask for it by <c>[FromKeyedServices(name)]</c>; null for none.</param>
    /// <exception cref="PolicyFormatException">Where the pool is first asked for: a file is missing or damaged.</exception>
    public static IServiceCollection AddAgentsPolicy(
        this IServiceCollection services,
        string folder,
        PolicyPoolOptions? options = null,
        string? name = null
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(folder);
        return Add(
            services,
            provider =>
            {
                using SavedPolicy policy = SavedPolicy.Load(folder);
                return new PolicyPool(policy, options, provider.GetRequiredService<TimeProvider>());
            },
            name
        );
    }

    /// <summary>Adds a policy of this program, such as that of a training result, as a <see cref="PolicyPool"/>.</summary>
    /// <param name="services">The program's services.</param>
    /// <param name="policy">Copied when the pool is first asked for; it stays the caller's, to be kept until then.</param>
    /// <param name="options">Size and ways of the pool; null for the defaults.</param>
    /// <param name="name">Key of the pool where a program has several; null for none.</param>
    public static IServiceCollection AddAgentsPolicy(
        this IServiceCollection services,
        SavedPolicy policy,
        PolicyPoolOptions? options = null,
        string? name = null
    )
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(policy);
        return Add(services, provider => new PolicyPool(policy, options, provider.GetRequiredService<TimeProvider>()), name);
    }

    private static IServiceCollection Add(IServiceCollection services, Func<IServiceProvider, PolicyPool> create, string? name)
    {
        services.TryAddSingleton(TimeProvider.System);
        return name is null ? services.AddSingleton(create) : services.AddKeyedSingleton(name, (provider, _) => create(provider));
    }
}
