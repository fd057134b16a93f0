using Protos.Foreign;
using Xunit;

namespace Tests.ProtoTests.Foreign;

public sealed class ForeignTextTests
{
    [Theory]
    [InlineData("plain, é and 日本", "plain, é and 日本")]
    [InlineData("\u001b[2Jgone", "\\u001B[2Jgone")]
    [InlineData("a\nb\r\tc\0", "a\\nb\\r\\tc\\u0000")]
    [InlineData("\u0085\u009b31m", "\\u0085\\u009B31m")]
    [InlineData("exe.\u202egnp", "exe.\\u202Egnp")]
    [InlineData("zero\u200bwidth\ufeff", "zero\\u200Bwidth\\uFEFF")]
    [InlineData("lines\u2028\u2029", "lines\\u2028\\u2029")]
    [InlineData("tag \U000E0041", "tag \\uE0041")]
    public void Show_CharactersThatATerminalObeysOrHides_AreWrittenOut(string text, string expected) =>
        Assert.Equal(expected, ForeignText.Show(text));

    [Fact]
    public void Show_HalfOfASurrogatePair_IsWrittenOut() => Assert.Equal("\\uD83Dx", ForeignText.Show("\ud83dx"));

    [Fact]
    public void Show_LongText_KeepsItsBeginningAndItsEndInThreeHundredCharacters()
    {
        string shown = ForeignText.Show("begin" + new string('x', 1_000_000) + "end");

        Assert.Equal(300, shown.Length);
        Assert.StartsWith("beginx", shown, StringComparison.Ordinal);
        Assert.EndsWith("xend", shown, StringComparison.Ordinal);
    }

    [Fact]
    public void Show_EscapesThatLengthenTheText_StayWithinTheLimit() =>
        Assert.Equal(300, ForeignText.Show(new string('\u001b', 299)).Length);

    [Fact]
    public void Lines_LongTraceback_ShowsTheLastOnesEachByItself()
    {
        string traceback = string.Concat(Enumerable.Range(0, 1_000).Select(i => $"  line {i} \u001b[0m\n"));

        string[] lines = [.. ForeignText.Lines(traceback, 3)];

        Assert.Equal(["  line 997 \\u001B[0m", "  line 998 \\u001B[0m", "  line 999 \\u001B[0m"], lines);
    }
}
