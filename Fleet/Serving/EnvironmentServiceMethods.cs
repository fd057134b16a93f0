using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Protos.Bridge;
using Protos.Rpc;

namespace Fleet.Serving;

/// <summary>Binds the service's methods.</summary>
internal sealed class EnvironmentServiceMethods : IServiceMethodProvider<EnvironmentService>
{
    /// <inheritdoc/>
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<EnvironmentService> context)
    {
        context.AddUnaryMethod(
            BridgeMethods.Describe,
            [],
            (EnvironmentService service, Source request, ServerCallContext _) => Task.FromResult(service.Describe(request))
        );
        context.AddDuplexStreamingMethod(
            BridgeMethods.Serve,
            [],
            (service, requests, replies, call) => service.SessionAsync(requests, replies, call)
        );
    }
}
