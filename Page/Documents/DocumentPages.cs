using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Page.Documents;

/// <summary>The documentation of this version, which lies inside of the library, as pages. It tells nothing of any run.</summary>
internal static class DocumentPages
{
    /// <summary>Where it begins.</summary>
    public const string Root = "/docs/";

    private const string Prefix = "Docs/";
    private const string Index = "README.md";

    private static readonly FrozenDictionary<string, string> Texts = Read();
    private static readonly ConcurrentDictionary<string, byte[]> Rendered = new(StringComparer.Ordinal);

    /// <summary>Names of the documents, from the folder of documentation on, with slashes.</summary>
    public static IReadOnlyList<string> Names => Texts.Keys;

    /// <summary>Serves them.</summary>
    public static void Map(WebApplication application)
    {
        application.MapGet(Root, RedirectAsync);
        foreach (string name in Texts.Keys)
        {
            application.MapGet(Root + name, context => WriteAsync(context, name));
        }
    }

    private static Task RedirectAsync(HttpContext context)
    {
        context.Response.Redirect(Root + Index);
        return Task.CompletedTask;
    }

    private static async Task WriteAsync(HttpContext context, string name)
    {
        byte[] page = Rendered.GetOrAdd(
            name,
            one => Encoding.UTF8.GetBytes(MarkdownPage.Render(one, Texts[one], Texts.ContainsKey))
        );
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.ContentLength = page.Length;
        await context.Response.Body.WriteAsync(page, context.RequestAborted).ConfigureAwait(false);
    }

    private static FrozenDictionary<string, string> Read()
    {
        Assembly assembly = typeof(DocumentPages).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(
                name => name[Prefix.Length..].Replace('\\', '/'),
                name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
                    return reader.ReadToEnd();
                }
            );
    }
}
