using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Agents.Yaml;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Page.Curves;
using Page.Details;
using Page.Runs;
using Protos.Foreign;
using Studies.Plotting;

namespace Page.Serving;

/// <summary>Details of a run, comparison of chosen runs, and a fleet.</summary>
/// <param name="catalog">The runs.</param>
/// <param name="options">How runs are compared and a fleet is asked.</param>
internal sealed class DetailEndpoints(RunCatalog catalog, PageOptions options)
{
    /// <summary>Maps them.</summary>
    public void Map(WebApplication application)
    {
        application.MapGet(RunEndpoints.OneRun, DetailsAsync);
        application.MapGet(RunEndpoints.OneRun + "/study", StudyAsync);
        application.MapGet(RunEndpoints.OneRun + "/films/{number:int}", FilmAsync);
        application.MapGet(RequestGuard.Api + "/comparison", CompareAsync);
        application.MapGet(RequestGuard.Api + "/fleet", FleetAsync);
    }

    private Task DetailsAsync(HttpContext context)
    {
        if (RunEndpoints.Named(catalog, context) is not { } run)
        {
            return RunEndpoints.NoRunAsync(context);
        }
        var details = RunDetails.Read(run);
        IEnumerable<string> others = catalog
            .Runs.Values.Where(other => run.Process != 0 && other.Process == run.Process && other.Id != run.Id)
            .Select(other => other.Name)
            .Order(StringComparer.Ordinal);
        return JsonText.WriteAsync(
            context,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("reason", run.Reason);
                Pairs(writer, "settings", details.Settings);
                Pairs(writer, "summary", details.Summary);
                writer.WriteString("log", details.Log);
                JsonText.Strings(writer, "films", details.Films);
                JsonText.Strings(writer, "problems", details.Problems);
                JsonText.Strings(writer, "others", others);
                writer.WriteEndObject();
            }
        );
    }

    private Task StudyAsync(HttpContext context) =>
        RunEndpoints.Named(catalog, context) is not { Kind: RunKind.Study } study
            ? RunEndpoints.NoRunAsync(context)
            : JsonText.WriteAsync(context, StudyTrials.Read(study).Write);

    private async Task FilmAsync(HttpContext context)
    {
        int number = int.Parse((string)context.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);
        if (
            RunEndpoints.Named(catalog, context) is not { } run
            || Films.Open(run, number, context.Request.Query["name"].ToString()) is not { } film
        )
        {
            await RunEndpoints.NoRunAsync(context).ConfigureAwait(false);
            return;
        }
        await using (film.File.ConfigureAwait(false))
        {
            context.Response.ContentType = film.Type;
            context.Response.ContentLength = film.File.Length;
            await film.File.CopyToAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        }
    }

    private async Task CompareAsync(HttpContext context)
    {
        Run[] runs = [.. RunEndpoints.Chosen(catalog, context.Request).Where(run => run.Experiment is not null)];
        IReadOnlyList<(string Label, Run[] Runs)> groups = CurveBuilder.Groups(runs);
        SortedDictionary<string, string>[] settings = [.. groups.Select(group => group.Runs[0].Experiment!.Settings)];
        string[] keys = FlatSettings.Differing(settings);
        (JsonObject? comparison, string? problem) = await Task.Run(() => Compare(runs)).ConfigureAwait(false);
        await JsonText
            .WriteAsync(
                context,
                writer =>
                {
                    writer.WriteStartObject();
                    JsonText.Strings(writer, "labels", groups.Select(group => group.Label));
                    writer.WriteStartArray("differences");
                    foreach (string key in keys)
                    {
                        writer.WriteStartArray();
                        writer.WriteStringValue(key);
                        foreach (SortedDictionary<string, string> own in settings)
                        {
                            writer.WriteStringValue(own.GetValueOrDefault(key, "–"));
                        }
                        writer.WriteEndArray();
                    }
                    writer.WriteEndArray();
                    writer.WriteString("problem", problem);
                    writer.WritePropertyName("comparison");
                    (comparison ?? (JsonNode)JsonValue.Create(false)).WriteTo(writer);
                    writer.WriteEndObject();
                }
            )
            .ConfigureAwait(false);
    }

    private (JsonObject?, string?) Compare(Run[] runs)
    {
        string[] finished = [.. runs.Where(run => run.State is RunState.Finished).Select(run => run.Folder)];
        if (options.Compare is null || finished.Length == 0)
        {
            return (null, "None of the chosen runs is finished, and only finished ones have scores to compare.");
        }
        try
        {
            JsonObject comparison = options.Compare(finished);
            return (
                comparison,
                finished.Length == runs.Length
                    ? null
                    : $"Chosen runs that are not finished are left out: {runs.Length - finished.Length}."
            );
        }
        catch (Exception exception)
            when (exception
                    is IOException
                        or UnauthorizedAccessException
                        or InvalidDataException
                        or SettingsException
                        or ArgumentException
            )
        {
            return (null, ForeignText.Show(exception.Message));
        }
    }

    private async Task FleetAsync(HttpContext context)
    {
        if (options.FleetStatus is null)
        {
            await JsonText
                .RefuseAsync(
                    context,
                    StatusCodes.Status404NotFound,
                    "No fleet is watched. Start the page with --learner and the address of a learner."
                )
                .ConfigureAwait(false);
            return;
        }
        try
        {
            JsonObject status = await options.FleetStatus(context.RequestAborted).ConfigureAwait(false);
            await JsonText.WriteAsync(context, writer => status.WriteTo(writer)).ConfigureAwait(false);
        }
        catch (IOException exception)
        {
            await JsonText
                .RefuseAsync(context, StatusCodes.Status502BadGateway, ForeignText.Show(exception.Message))
                .ConfigureAwait(false);
        }
    }

    private static void Pairs(Utf8JsonWriter writer, string name, IReadOnlyList<(string Key, string Value)> pairs)
    {
        writer.WriteStartArray(name);
        foreach ((string key, string value) in pairs)
        {
            writer.WriteStartArray();
            writer.WriteStringValue(key);
            writer.WriteStringValue(value);
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
    }
}
