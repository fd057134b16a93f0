using Agents.Networks;
using Agents.Policies;
using Environments;
using Environments.Spaces;
using Fleet.Hosting;
using Fleet.Serving;
using Tests.Waits;

namespace Tests.FleetTests.Serving;

/// <summary>A fresh policy of any spaces, served at a port of the system's choice.</summary>
internal sealed class ServedPolicies : IAsyncDisposable
{
    public const string Token = "a token of more than sixteen letters";

    private readonly SavedPolicy _policy;
    private readonly ServiceHost _host;

    private ServedPolicies(SavedPolicy policy, ServiceHost host)
    {
        (_policy, _host) = (policy, host);
        Http = Deadline.Http();
        Http.BaseAddress = new Uri(host.Addresses[0]);
    }

    /// <summary>Calls it, without a token.</summary>
    public HttpClient Http { get; }

    public static async Task<ServedPolicies> StartAsync(
        Space observations,
        Space actions,
        PolicyInfo? info = null,
        string? core = null,
        string? token = null,
        EnvironmentRegistry? registry = null
    )
    {
        var settings = new NetworkSettings { HiddenSizes = [4], Core = core ?? "identity" };
        var spec = new NetworkSpec(observations, actions, settings);
        var policy = new SavedPolicy(
            info ?? new PolicyInfo { Agent = "ppo", Environment = "Own-v0" },
            spec,
            new float[new ParameterLayout(spec).Count],
            null
        );
        var options = new FleetOptions { Listen = "http://127.0.0.1:0", Token = token };
        return new ServedPolicies(policy, await ServiceHost.ServePolicyAsync(policy, null, 0, options, registry));
    }

    public async Task<(int Status, string Type, string Body)> PostAsync(string body)
    {
        using HttpResponseMessage response = await Http.PostAsync("/v1/act", new StringContent(body));
        return (
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType ?? "",
            await response.Content.ReadAsStringAsync()
        );
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _host.DisposeAsync();
        _policy.Dispose();
    }
}
