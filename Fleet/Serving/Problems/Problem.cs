using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Fleet.Serving.Problems;

/// <summary>What is told to a caller whose request cannot be answered: problem details of RFC 9457. Immutable.</summary>
/// <param name="Kind">What kind of trouble it is.</param>
/// <param name="Detail">What is wrong here, what was expected, and how to mend it; cut to 200 characters.</param>
/// <param name="Field">Where in the body, such as <c>observation.speed</c>; null where it is about no field.</param>
internal sealed record Problem(ProblemKind Kind, string Detail, string? Field = null)
{
    /// <summary>Type of its body.</summary>
    public const string ContentType = "application/problem+json";

    // Letters are written as they are: nobody shows this as a page.
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // Callers may have written parts of it.
    private const int MaxDetail = 200;

    /// <summary>Another status than the kind's; null for that one.</summary>
    public int? Status { get; init; }

    /// <summary>Answers a request with it, unless an answer has begun.</summary>
    public async Task WriteAsync(HttpContext context)
    {
        if (context.Response.HasStarted)
        {
            return;
        }
        int status = Status ?? Kind.Status;
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        await using (var writer = new Utf8JsonWriter(context.Response.BodyWriter, Plain))
        {
            writer.WriteStartObject();
            writer.WriteString("type", Kind.Type);
            writer.WriteString("title", Kind.Title);
            writer.WriteNumber("status", status);
            writer.WriteString("detail", Cut(Detail));
            if (Field is not null)
            {
                writer.WriteString("field", Cut(Field));
            }
            writer.WriteEndObject();
        }
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static string Cut(string text)
    {
        if (text.Length <= MaxDetail)
        {
            return text;
        }
        int kept = MaxDetail - 1;
        return (char.IsHighSurrogate(text[kept - 1]) ? text[..(kept - 1)] : text[..kept]) + "…";
    }
}
