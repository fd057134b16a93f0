using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Learners.Serving;

/// <summary>The HTTP face of a policy: <c>GET /v1/policy</c> and <c>POST /v1/act</c>, JSON with snake_case keys.</summary>
internal static class PolicyEndpoints
{
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

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
                        ObservationSize = desk.Policy.ObservationSpace.Size,
                        ActionSize = desk.Policy.ActionSpace.Size,
                        desk.Policy.CoreStateSize,
                        ObservationSpace = desk.Policy.ObservationSpace.ToString(),
                        ActionSpace = desk.Policy.ActionSpace.ToString(),
                        desk.Policy.ParameterHash,
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
            Question question =
                await JsonSerializer
                    .DeserializeAsync<Question>(context.Request.Body, Json, context.RequestAborted)
                    .ConfigureAwait(false)
                ?? throw new ArgumentException("The body is null.");
            float[][] rows =
                question.Observations ?? throw new ArgumentException("The body has no observations, [[number, …], …].");
            RequireRows("observations", rows, desk.Policy.ObservationSpace.Size);
            RequireRows("core_state", question.CoreState ?? [], desk.Policy.CoreStateSize);
            PolicyAnswer answer = desk.Act(
                rows.SelectMany(row => row).ToArray(),
                question.EpisodeStarts ?? [],
                (question.CoreState ?? []).SelectMany(row => row).ToArray(),
                question.Sample,
                question.Raw
            );
            return Results.Json(
                new
                {
                    Actions = Rows(answer.Actions, rows.Length),
                    answer.LogProbs,
                    CoreState = desk.Policy.CoreStateSize == 0 ? null : Rows(answer.CoreState, rows.Length),
                },
                Json
            );
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException)
        {
            return Results.Json(new { Error = exception.Message }, Json, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static void RequireRows(string name, float[][] rows, int size)
    {
        foreach (float[] row in rows)
        {
            if (row is null || row.Length != size)
            {
                throw new ArgumentException($"A row of {name} has {row?.Length ?? 0} numbers; {size} are needed.");
            }
        }
    }

    private static float[][] Rows(float[] values, int count) => values.Chunk(values.Length / count).ToArray();

    private sealed record Question
    {
        public float[][]? Observations { get; init; }

        public bool[]? EpisodeStarts { get; init; }

        public float[][]? CoreState { get; init; }

        public bool Sample { get; init; }

        public bool Raw { get; init; }
    }
}
