using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fleet.Serving;

/// <summary>The HTTP face of a policy: <c>GET /v1/policy</c> and <c>POST /v1/act</c>, JSON with snake_case keys.</summary>
internal static class PolicyEndpoints
{
    // Parsers quote what they stumble over.
    private const int MaxError = 200;

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Adds the two addresses.</summary>
    public static void Map(IEndpointRouteBuilder routes, PolicyDesk desk)
    {
        routes.MapGet(
            "/v1/policy",
            () =>
                Results.Json(
                    new
                    {
                        desk.Policy.Info.Environment,
                        desk.Policy.Info.Agent,
                        desk.Policy.Info.Acting,
                        ObservationSize = desk.Policy.ObservationSpace.Size,
                        ActionSize = desk.Policy.ActionSpace.Size,
                        desk.Policy.CoreStateSize,
                        ObservationSpace = desk.Policy.ObservationSpace.ToString(),
                        ActionSpace = desk.Policy.ActionSpace.ToString(),
                        desk.Policy.ParameterHash,
                        MaxRows = desk.Limits.Rows,
                    },
                    Json
                )
        );
        routes.MapPost(
            "/v1/act",
            async context =>
            {
                IResult result = await ActAsync(context, desk).ConfigureAwait(false);
                await result.ExecuteAsync(context).ConfigureAwait(false);
            }
        );
    }

    private static async Task<IResult> ActAsync(HttpContext context, PolicyDesk desk)
    {
        try
        {
            Question question = await QuestionReader
                .ReadAsync(context.Request.BodyReader, desk, () => desk.Large.EnterAsync(context), context.RequestAborted)
                .ConfigureAwait(false);
            await desk.MakeRoomAsync(question.Rows, context).ConfigureAwait(false);
            PolicyAnswer answer = question.Ask(desk);
            return Results.Json(
                new
                {
                    Actions = Rows(answer.Actions, question.Rows),
                    answer.LogProbs,
                    CoreState = desk.Policy.CoreStateSize == 0 ? null : Rows(answer.CoreState, question.Rows),
                },
                Json
            );
        }
        catch (BadHttpRequestException exception)
        {
            return Refuse(
                exception.StatusCode == StatusCodes.Status413PayloadTooLarge
                    ? $"The body has more than {desk.Limits.BodyBytes} bytes, the most that {desk.Limits.Rows} rows take."
                    : exception.Message,
                exception.StatusCode
            );
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return Refuse($"The body is no JSON that can be read: {exception.Message}", StatusCodes.Status400BadRequest);
        }
        catch (ArgumentException exception)
        {
            return Refuse(exception.Message, StatusCodes.Status400BadRequest);
        }
    }

    private static IResult Refuse(string error, int statusCode) =>
        Results.Json(
            new { Error = error.Length > MaxError ? error[..(MaxError - 1)] + "…" : error },
            Json,
            statusCode: statusCode
        );

    private static float[][] Rows(float[] values, int count) => values.Chunk(values.Length / count).ToArray();
}
