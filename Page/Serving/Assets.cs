using System.Collections.Frozen;
using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Page.Serving;

/// <summary>The page's own files, which lie inside of the library. They tell nothing of any run.</summary>
internal static class Assets
{
    private const string Prefix = "Page/";
    private const string Index = "index.html";

    private static readonly FrozenDictionary<string, byte[]> Files = Read();

    /// <summary>Names of the files.</summary>
    public static IReadOnlyList<string> Names => Files.Keys;

    /// <summary>Serves them.</summary>
    public static void Map(WebApplication application)
    {
        application.MapGet("/", context => WriteAsync(context, Index));
        foreach (string name in Files.Keys)
        {
            application.MapGet("/" + name, context => WriteAsync(context, name));
        }
    }

    private static async Task WriteAsync(HttpContext context, string name)
    {
        context.Response.ContentType = TypeOf(name);
        context.Response.ContentLength = Files[name].Length;
        await context.Response.Body.WriteAsync(Files[name], context.RequestAborted).ConfigureAwait(false);
    }

    private static string TypeOf(string name) =>
        Path.GetExtension(name) switch
        {
            ".html" => "text/html; charset=utf-8",
            ".js" => "text/javascript; charset=utf-8",
            ".css" => "text/css; charset=utf-8",
            ".svg" => "image/svg+xml",
            ".txt" => "text/plain; charset=utf-8",
            var other => throw new InvalidOperationException(
                $"The page has a file that ends in '{other}', whose type is not known."
            ),
        };

    private static FrozenDictionary<string, byte[]> Read()
    {
        Assembly assembly = typeof(Assets).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .ToFrozenDictionary(
                name => name[Prefix.Length..],
                name =>
                {
                    using Stream stream = assembly.GetManifestResourceStream(name)!;
                    var bytes = new byte[stream.Length];
                    stream.ReadExactly(bytes);
                    return bytes;
                }
            );
    }
}
