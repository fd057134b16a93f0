using Page.Documents;
using Xunit;

namespace Tests.PageTests;

public sealed class DocumentPagesTests
{
    [Fact]
    public void Render_LinksWithinTheDocumentation_StayAndOthersBecomeText()
    {
        string page = MarkdownPage.Render(
            "agents/ppo.md",
            "# PPO *agent*\n[a](../cores.md#lstm) [b](a2c.md) [c](../../samples/Own/Program.cs) [d](https://example.org/) [e](missing.md) [f](javascript:alert(1)) [g](#ppo)\n\n| A | B |\n|---|---|\n| 1 | 2 |\n",
            name => name is "cores.md" or "agents/a2c.md"
        );

        Assert.Contains("<title>PPO agent</title>", page, StringComparison.Ordinal);
        Assert.Contains(
            "<a href=\"../cores.md#lstm\">a</a> <a href=\"a2c.md\">b</a> c <a href=\"https://example.org/\">d</a> e f <a href=\"#ppo\">g</a>",
            page,
            StringComparison.Ordinal
        );
        Assert.Contains("<td>2</td>", page, StringComparison.Ordinal);
        Assert.Contains("href=\"../../style.css\"", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Markup_StaysText()
    {
        string page = MarkdownPage.Render("x.md", "# <script>alert(1)</script>\n<img src=x onerror=alert(1)>\n", _ => false);

        Assert.DoesNotContain("<script>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_OfTheLibrary_AreTheWholeDocumentation()
    {
        Assert.Contains("README.md", DocumentPages.Names);
        Assert.Contains("agents/ppo.md", DocumentPages.Names);
        Assert.DoesNotContain(DocumentPages.Names, name => name.Contains('\\', StringComparison.Ordinal));
    }
}
