using System.Text.RegularExpressions;
using Tests.PackageTests;
using Xunit;

namespace Tests.CodeTests;

/// <summary>Links between the pages of the documentation lead somewhere, and every page can be reached from the first one.</summary>
public sealed partial class DocumentationLinksTests
{
    private const string FirstPage = "README.md";

    [Fact]
    public void Pages_EveryRelativeLink_NamesAFileAndAHeadingThatExist() =>
        Assert.Empty(Pages().SelectMany(page => Faults(page, Read(page))));

    [Fact]
    public void Pages_OfTheDocs_CanBeReachedFromTheFirstPage()
    {
        var reached = new HashSet<string>(StringComparer.Ordinal) { FirstPage };
        var open = new Queue<string>(reached);
        while (open.TryDequeue(out string? page))
        {
            foreach ((string file, _) in Links(Read(page)).Select(link => Resolve(page, link)))
            {
                if (file.EndsWith(".md", StringComparison.Ordinal) && File.Exists(InRepository(file)) && reached.Add(file))
                {
                    open.Enqueue(file);
                }
            }
        }

        Assert.Empty(Pages().Except(reached));
    }

    [Theory]
    [InlineData("[a](no-such-page.md)", "docs/no-such-page.md is not there")]
    [InlineData("[a](agents.md#no-such-heading)", "docs/agents.md has no heading #no-such-heading")]
    [InlineData("[a](../../outside.md)", "../outside.md is not there")]
    public void Faults_OfABrokenLink_NamePageAndTarget(string text, string fault) =>
        Assert.Equal([$"docs/page.md: {fault}"], Faults("docs/page.md", text));

    [Theory]
    [InlineData("[a](agents.md) and [b](../README.md) and [c](results/)")]
    [InlineData("[a](https://example.org/page.md), [b](#here)\n\n## Here\n")]
    [InlineData("```\n[a](no-such-page.md)\n```\nand `[b](no-such-page.md)`")]
    [InlineData("[a](#twice-1)\n# Twice\n# Twice\n")]
    [InlineData("[a](#what-lstm-and-gru-are-for)\n## What `lstm` and `gru` are for?\n")]
    public void Faults_OfLinksThatLeadSomewhere_AreNone(string text) => Assert.Empty(Faults("docs/page.md", text));

    private static IEnumerable<string> Faults(string page, string text)
    {
        foreach (string link in Links(text))
        {
            (string file, string anchor) = Resolve(page, link);
            bool isThisPage = file == page;
            if (!isThisPage && !File.Exists(InRepository(file)) && !Directory.Exists(InRepository(file)))
            {
                yield return $"{page}: {file} is not there";
            }
            else if (anchor.Length > 0 && !Anchors(isThisPage ? text : Read(file)).Contains(anchor))
            {
                yield return $"{page}: {file} has no heading #{anchor}";
            }
        }
    }

    // Targets of links that stay in the repository; those in code are text.
    private static IEnumerable<string> Links(string text) =>
        LinkPattern()
            .Matches(InlineCode().Replace(CodeBlock().Replace(text, ""), ""))
            .Select(match => match.Groups["target"].Value)
            .Where(target => !target.Contains("://", StringComparison.Ordinal));

    // File, from the top of the repository, and heading.
    private static (string File, string Anchor) Resolve(string page, string link)
    {
        string[] parts = link.Split('#', 2);
        string folder = Path.GetDirectoryName(InRepository(page))!;
        string file =
            parts[0].Length == 0
                ? page
                : Path.GetRelativePath(PackageFeed.Repository, Path.GetFullPath(Path.Combine(folder, parts[0])))
                    .Replace('\\', '/');
        return (file, parts.Length > 1 ? parts[1] : "");
    }

    // As GitHub makes them of headings: letters, digits, hyphens and underscores in lower case, and numbers where one stands twice.
    private static HashSet<string> Anchors(string text)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (Match heading in Heading().Matches(CodeBlock().Replace(text, "")))
        {
            string shown = LinkPattern().Replace(heading.Groups["text"].Value.Trim(), "${text}");
            string anchor = NotInAnchors().Replace(shown.ToLowerInvariant(), "").Replace(' ', '-');
            string unique = anchor;
            for (int i = 1; !anchors.Add(unique); i++)
            {
                unique = $"{anchor}-{i}";
            }
        }
        return anchors;
    }

    private static IEnumerable<string> Pages() =>
        Directory
            .GetFiles(InRepository("docs"), "*.md", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(PackageFeed.Repository, file).Replace('\\', '/'))
            .Append(FirstPage)
            .Append("Environments.Remote/Bridge/README.md")
            .Order(StringComparer.Ordinal);

    private static string Read(string page) => File.ReadAllText(InRepository(page));

    private static string InRepository(string path) => Path.Combine(PackageFeed.Repository, path);

    [GeneratedRegex(@"(?<!!)\[(?<text>[^\[\]]*)\]\((?<target>[^()\s]+)\)")]
    private static partial Regex LinkPattern();

    [GeneratedRegex(@"^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"^#{1,6} (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchors();
}
