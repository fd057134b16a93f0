using System.Net;
using Markdig;
using Markdig.Extensions.AutoIdentifiers;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace Page.Documents;

/// <summary>A document as a page of HTML. Markup inside of the document stays text.</summary>
internal static class MarkdownPage
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables()
        .UseAutoIdentifiers(AutoIdentifierOptions.GitHub)
        .DisableHtml()
        .Build();

    /// <summary>Renders it.</summary>
    /// <param name="name">Its name, from the folder of documentation on, with slashes.</param>
    /// <param name="text">What it says, in Markdown.</param>
    /// <param name="exists">Whether there is a document of a name. Links to other files of the source become plain text.</param>
    public static string Render(string name, string text, Predicate<string> exists)
    {
        MarkdownDocument document = Markdown.Parse(text, Pipeline);
        foreach (LinkInline link in document.Descendants<LinkInline>().ToArray())
        {
            Mend(link, name, exists);
        }
        string title = WebUtility.HtmlEncode(TitleOf(document) ?? name);
        string up = string.Concat(Enumerable.Repeat("../", name.Count(letter => letter == '/') + 1));
        return $"""
            <!doctype html>
            <html lang="en">
              <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{title}</title>
                <link rel="icon" href="{up}icon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href="{up}style.css" />
                <link rel="stylesheet" href="{up}document.css" />
              </head>
              <body>
                <header class="top">
                  <nav aria-label="Pages"><a href="{up}">Runs</a> <a href="{up}docs/README.md">Documentation</a></nav>
                </header>
                <main class="document panel">
            {document.ToHtml(Pipeline)}
                </main>
              </body>
            </html>

            """;
    }

    private static string? TitleOf(MarkdownDocument document) =>
        document.Descendants<HeadingBlock>().FirstOrDefault()?.Inline?.Descendants<LiteralInline>() is { } words
            ? string.Concat(words)
            : null;

    private static void Mend(LinkInline link, string name, Predicate<string> exists)
    {
        string url = link.Url ?? "";
        if (url.StartsWith("https://", StringComparison.Ordinal) || url.StartsWith('#'))
        {
            return;
        }
        string path = url.Split('#')[0];
        string target = new Uri(new Uri("http://docs/" + name), path).AbsolutePath[1..];
        bool leaves = path.Split('/').Count(part => part == "..") > name.Count(letter => letter == '/');
        if (!leaves && exists(target))
        {
            return;
        }
        foreach (Inline inner in link.ToArray())
        {
            inner.Remove();
            link.InsertBefore(inner);
        }
        link.Remove();
    }
}
