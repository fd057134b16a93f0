using System.Runtime.InteropServices;
using Fleet.Serving.Descriptions;
using Fleet.Serving.Problems;
using Fleet.Serving.Questions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fleet.Serving;

/// <summary>The HTTP face of a policy, JSON with snake_case keys: what it is, what it does, whether it is there, and how it is called.</summary>
internal static class PolicyEndpoints
{
    /// <summary>How the others are called.</summary>
    public const string Document = "/openapi/v1.json";

    /// <summary>The addresses, with the method that each takes.</summary>
    public static readonly IReadOnlyList<(string Path, string Method)> Addresses =
    [
        (PolicyApi.HealthPath, HttpMethods.Get),
        (PolicyApi.PolicyPath, HttpMethods.Get),
        (PolicyApi.ActPath, HttpMethods.Post),
        (Document, HttpMethods.Get),
    ];

    private const string Json = "application/json; charset=utf-8";

    /// <summary>Adds the addresses.</summary>
    public static void Map(IEndpointRouteBuilder routes, PolicyDesk desk, PolicyApi api)
    {
        byte[] description = api.Describe();
        var document = new Lazy<Task<byte[]>>(() => PolicyApi.WriteAsync(routes.ServiceProvider));
        routes.MapGet(PolicyApi.HealthPath, () => Results.Text("healthy\n"));
        routes.MapGet(PolicyApi.PolicyPath, () => Results.Bytes(description, Json));
        routes
            .MapGet(Document, async () => Results.Bytes(await document.Value.ConfigureAwait(false), Json))
            .ExcludeFromDescription();
        routes.MapPost(PolicyApi.ActPath, (Delegate)((HttpContext context) => ActAsync(context, desk, api.Names)));
    }

    private static async Task ActAsync(HttpContext context, PolicyDesk desk, IReadOnlyList<string> names)
    {
        if (context.Request.Headers.ContentEncoding.Count > 0 && context.Request.Headers.ContentEncoding != "identity")
        {
            throw new ProblemException(
                ProblemKind.PackedBody,
                null,
                "Send the body as it is, without the header Content-Encoding."
            );
        }
        Question question;
        try
        {
            question = await QuestionReader
                .ReadAsync(context.Request.BodyReader, desk.Asked, () => desk.Large.EnterAsync(context), context.RequestAborted)
                .ConfigureAwait(false);
        }
        catch (BadHttpRequestException exception) when (exception.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new ProblemException(
                ProblemKind.TooLarge,
                null,
                $"The body has more than {desk.Limits.BodyBytes} bytes, the most that {desk.Limits.Rows} rows take."
            );
        }
        await desk.MakeRoomAsync(question.Rows, context).ConfigureAwait(false);
        PolicyAnswer answer = desk.Act(
            CollectionsMarshal.AsSpan(question.Observations),
            CollectionsMarshal.AsSpan(question.EpisodeStarts),
            CollectionsMarshal.AsSpan(question.CoreState),
            question.Sample,
            question.Raw
        );
        context.Response.ContentType = Json;
        await AnswerWriter.WriteAsync(context, desk.Policy, names, question, answer).ConfigureAwait(false);
    }
}
