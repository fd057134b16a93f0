using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Page.Curves;
using Page.Runs;

namespace Page.Serving;

/// <summary>The table of runs and their curves. Runs are named by ids alone, so that no request can name a file.</summary>
/// <param name="catalog">The runs.</param>
/// <param name="watch">Looks at them.</param>
/// <param name="curves">Makes curves.</param>
/// <param name="watchesFleet">Whether the page knows a fleet's learner.</param>
internal sealed class RunEndpoints(RunCatalog catalog, RunWatch watch, CurveBuilder curves, bool watchesFleet)
{
    /// <summary>Most runs that a request may name.</summary>
    public const int MostRuns = 100;

    /// <summary>Address of a run.</summary>
    public const string OneRun = RequestGuard.Api + "/runs/{id}";

    /// <summary>Maps them.</summary>
    public void Map(WebApplication application)
    {
        application.MapGet(RequestGuard.Api + "/runs", ListAsync);
        application.MapGet(RequestGuard.Api + "/metrics", MetricsAsync);
        application.MapGet(RequestGuard.Api + "/curves", CurvesAsync);
        application.MapGet(RequestGuard.Api + "/events", context => EventStream.WriteAsync(context, watch));
    }

    /// <summary>The runs that a request names, in that order; ids that are not known are left out.</summary>
    public static Run[] Chosen(RunCatalog catalog, HttpRequest request) =>
        [
            .. request
                .Query["runs"]
                .ToString()
                .Split(',', MostRuns + 1)
                .Take(MostRuns)
                .Distinct()
                .Select(id => catalog.Runs.GetValueOrDefault(id))
                .OfType<Run>(),
        ];

    /// <summary>The run that an address names; null where there is none.</summary>
    public static Run? Named(RunCatalog catalog, HttpContext context) =>
        catalog.Runs.GetValueOrDefault((string)context.Request.RouteValues["id"]!);

    /// <summary>Answers that there is no such run.</summary>
    public static Task NoRunAsync(HttpContext context) =>
        JsonText.RefuseAsync(context, StatusCodes.Status404NotFound, "There is no such run any more. Load the page again.");

    private async Task ListAsync(HttpContext context)
    {
        await watch.RefreshAsync().ConfigureAwait(false);
        await JsonText
            .WriteAsync(
                context,
                writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteString("folder", catalog.Root);
                    writer.WriteBoolean("fleet", watchesFleet);
                    writer.WritePropertyName("runs");
                    JsonText.Runs(writer, catalog.Runs.Values);
                    writer.WriteEndObject();
                }
            )
            .ConfigureAwait(false);
    }

    private Task MetricsAsync(HttpContext context)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (Run run in Chosen(catalog, context.Request).Where(run => run.Kind != RunKind.Study))
        {
            try
            {
                names.UnionWith(MetricsColumn.Names(run.Folder));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                // Its curve says what is wrong.
            }
        }
        return JsonText.WriteAsync(
            context,
            writer =>
            {
                writer.WriteStartObject();
                JsonText.Strings(writer, "metrics", names);
                writer.WriteEndObject();
            }
        );
    }

    private Task CurvesAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        Axis? axis = query["x"].ToString() switch
        {
            "" or "steps" => Axis.Steps,
            "time" => Axis.Time,
            _ => null,
        };
        string metric = query["metric"].ToString();
        if (axis is null || metric.Length == 0)
        {
            return JsonText.RefuseAsync(
                context,
                StatusCodes.Status400BadRequest,
                "Curves need a metric, and x is 'steps' or 'time'. Ask for /api/curves?metric=charts/episodic_return&x=steps&runs=…"
            );
        }
        CurveSet set = curves.Build(Chosen(catalog, context.Request), metric, axis.Value, query["seeds"] == "joined");
        return JsonText.WriteAsync(context, writer => JsonText.Write(writer, set));
    }
}
