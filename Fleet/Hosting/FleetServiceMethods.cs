using Fleet.Intake;
using Grpc.AspNetCore.Server.Model;
using Grpc.Core;
using Protos.Fleet;
using Protos.Rpc;

namespace Fleet.Hosting;

/// <summary>Binds the service's methods with the marshallers that copy arrays once.</summary>
internal sealed class FleetServiceMethods(FleetHub hub) : IServiceMethodProvider<FleetService>
{
    /// <inheritdoc/>
    public void OnServiceMethodDiscovery(ServiceMethodProviderContext<FleetService> context)
    {
        context.AddDuplexStreamingMethod(
            FleetMethods.StreamInto(hub.Intake.Pool),
            [],
            (service, requests, responses, call) => service.StreamUnrollsAsync(requests, responses, call)
        );
        context.AddServerStreamingMethod(
            FleetMethods.FetchParameters,
            [],
            (service, request, responses, call) => service.FetchParametersAsync(request, responses, call)
        );
        context.AddUnaryMethod(
            FleetMethods.GetStatus,
            [],
            (FleetService service, StatusRequest request, ServerCallContext call) => service.GetStatusAsync(request, call)
        );
    }
}
