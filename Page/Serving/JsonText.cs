using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Page.Curves;
using Page.Runs;

namespace Page.Serving;

/// <summary>What the page's program is told, as JSON. What is not known is null.</summary>
internal static class JsonText
{
    /// <summary>Answers a request with JSON.</summary>
    public static async Task WriteAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        ReadOnlyMemory<byte> text = Of(write);
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = text.Length;
        await context.Response.Body.WriteAsync(text, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Answers a request that cannot be met.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">Status of HTTP.</param>
    /// <param name="message">Why, and what helps, in whole sentences.</param>
    public static Task RefuseAsync(HttpContext context, int status, string message)
    {
        context.Response.StatusCode = status;
        return WriteAsync(
            context,
            writer =>
            {
                writer.WriteStartObject();
                writer.WriteString("error", message);
                writer.WriteEndObject();
            }
        );
    }

    /// <summary>JSON as bytes.</summary>
    public static ReadOnlyMemory<byte> Of(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(4_096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }
        return buffer.WrittenMemory;
    }

    /// <summary>A list of runs.</summary>
    public static void Runs(Utf8JsonWriter writer, IEnumerable<Run> runs)
    {
        writer.WriteStartArray();
        foreach (Run run in runs)
        {
            Write(writer, run);
        }
        writer.WriteEndArray();
    }

    /// <summary>The curves of a metric.</summary>
    public static void Write(Utf8JsonWriter writer, CurveSet set)
    {
        writer.WriteStartObject();
        writer.WriteString("metric", set.Metric);
        writer.WriteStartArray("curves");
        foreach (CurveData curve in set.Curves)
        {
            Write(writer, curve);
        }
        writer.WriteEndArray();
        Strings(writer, "problems", set.Problems);
        writer.WriteEndObject();
    }

    /// <summary>A list of texts.</summary>
    public static void Strings(Utf8JsonWriter writer, string name, IEnumerable<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (string text in texts)
        {
            writer.WriteStringValue(text);
        }
        writer.WriteEndArray();
    }

    /// <summary>A number, or null where it is none.</summary>
    public static void Number(Utf8JsonWriter writer, string name, double number)
    {
        if (double.IsFinite(number))
        {
            writer.WriteNumber(name, number);
        }
        else
        {
            writer.WriteNull(name);
        }
    }

    private static void Write(Utf8JsonWriter writer, Run run)
    {
        writer.WriteStartObject();
        writer.WriteString("id", run.Id);
        writer.WriteString("name", run.Name);
        writer.WriteString("kind", Words.Of(run.Kind));
        writer.WriteString("state", Words.Of(run.State));
        writer.WriteString("reason", run.Reason);
        writer.WriteString("environment", run.Experiment?.Environment);
        writer.WriteString("agent", run.Experiment?.Agent);
        writer.WriteString("experiment", run.Experiment?.Id);
        writer.WriteString("seed", run.Seed);
        writer.WriteNumber("steps", run.Steps);
        writer.WriteNumber("total", run.TotalSteps);
        Number(writer, "return", run.Return);
        Number(writer, "evaluation", run.Evaluation);
        Number(writer, "speed", run.Speed);
        writer.WriteNumber("changed", new DateTimeOffset(run.Changed).ToUnixTimeMilliseconds());
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, CurveData curve)
    {
        writer.WriteStartObject();
        writer.WriteString("label", curve.Label);
        Strings(writer, "runs", curve.Runs);
        Places(writer, curve.X);
        Numbers(writer, "y", curve.Y);
        if (curve is { Low: { } low, High: { } high })
        {
            Numbers(writer, "low", low);
            Numbers(writer, "high", high);
        }
        Number(writer, "last", curve.Last);
        Number(writer, "min", curve.Min);
        Number(writer, "max", curve.Max);
        writer.WriteNumber("rows", curve.Rows);
        writer.WriteNumber("notNumbers", curve.NotNumbers);
        writer.WriteNumber("damagedRows", curve.DamagedRows);
        writer.WriteEndObject();
    }

    private static void Places(Utf8JsonWriter writer, double[] places)
    {
        writer.WriteStartArray("x");
        foreach (double place in places)
        {
            writer.WriteNumberValue(place);
        }
        writer.WriteEndArray();
    }

    // Nine digits are finer than any screen, and shorter than all seventeen.
    private static void Numbers(Utf8JsonWriter writer, string name, double[] numbers)
    {
        writer.WriteStartArray(name);
        Span<byte> text = stackalloc byte[32];
        foreach (double number in numbers)
        {
            if (double.IsFinite(number) && number.TryFormat(text, out int length, "G9", CultureInfo.InvariantCulture))
            {
                writer.WriteRawValue(text[..length], skipInputValidation: true);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
        writer.WriteEndArray();
    }
}
