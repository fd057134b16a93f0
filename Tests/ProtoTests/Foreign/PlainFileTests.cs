using Chaos.Processes;
using Protos.Foreign;
using Xunit;

namespace Tests.ProtoTests.Foreign;

public sealed class PlainFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public PlainFileTests() => File.WriteAllText(_folder.In("file"), "text");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("a//file")]
    [InlineData("./file")]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("a\0b")]
    [InlineData("C:\\file")]
    public void PathIn_NameThatLeadsElsewhere_IsRefused(string name) =>
        Assert.Contains(
            "no file inside of its folder",
            Assert.Throws<IOException>(() => PlainFile.PathIn(_folder.Path, name)).Message,
            StringComparison.Ordinal
        );

    [Fact]
    public void OpenIn_PlainFile_IsRead()
    {
        Directory.CreateDirectory(_folder.In("inner"));
        File.WriteAllText(_folder.In("inner", "file"), "deeper");

        Assert.Equal("text", PlainFile.ReadTextIn(_folder.Path, "file", 100));
        Assert.Equal("deeper", PlainFile.ReadTextIn(_folder.Path, "inner/file", 100));
    }

    [Fact]
    public void OpenIn_LinkOrFolderOfALink_IsRefusedWhereOpenFollowsIt()
    {
        Directory.CreateDirectory(_folder.In("inner"));
        File.CreateSymbolicLink(_folder.In("inner", "link"), _folder.In("file"));
        Directory.CreateSymbolicLink(_folder.In("other"), _folder.In("inner"));
        File.WriteAllText(_folder.In("inner", "file"), "deeper");

        Assert.Contains("is a link", Refusal(() => PlainFile.OpenIn(_folder.In("inner"), "link")), StringComparison.Ordinal);
        Assert.Contains("is a link", Refusal(() => PlainFile.OpenIn(_folder.Path, "other/file")), StringComparison.Ordinal);
        Assert.Equal("text", PlainFile.ReadText(_folder.In("inner", "link"), 100));
    }

    [Theory]
    [InlineData("/dev/zero", "is a device")]
    [InlineData("/dev/null", "is a device")]
    [InlineData("pipe", "is a pipe")]
    [InlineData("", "is a folder")]
    public void Open_WhatIsNoPlainFile_IsRefusedAtOnce(string name, string expected)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes and devices are told apart on Linux.");
        NamedPipe.Make(_folder.In("pipe"));

        Assert.Contains(expected, Refusal(() => PlainFile.Open(Path.Combine(_folder.Path, name))), StringComparison.Ordinal);
    }

    [Fact]
    public void ReadText_LargerFileThanAllowed_IsRefused() =>
        Assert.Contains("at most 3 are read", Refusal(() => PlainFile.ReadText(_folder.In("file"), 3)), StringComparison.Ordinal);

    [Fact]
    public void RequirePlainTree_LinkInADeepFolder_IsFoundAndNamed()
    {
        Directory.CreateDirectory(_folder.In("a", "b"));
        PlainFile.RequirePlainTree(_folder.Path);
        File.CreateSymbolicLink(_folder.In("a", "b", "metrics.csv"), "/tmp/elsewhere");

        Assert.Contains(
            "metrics.csv' is a link",
            Refusal(() => PlainFile.RequirePlainTree(_folder.Path)),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData(" \n", "is empty")]
    [InlineData("one\ntwo", "one line of plain characters")]
    [InlineData("caf\u00e9", "one line of plain characters")]
    public void Read_FileWithoutAToken_IsAnError(string content, string expected)
    {
        File.WriteAllText(_folder.In("token"), content);

        Assert.Contains(expected, Refusal(() => TokenFiles.Read(_folder.In("token"))), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_FileWithAToken_GivesItWithoutItsLineBreak()
    {
        File.WriteAllText(_folder.In("token"), "0123456789abcdef\n");

        Assert.Equal("0123456789abcdef", TokenFiles.Read(_folder.In("token")));
    }

    private static string Refusal(Action action) => Assert.Throws<IOException>(action).Message;

    private static string Refusal<T>(Func<T> function) =>
        Refusal(() =>
        {
            _ = function();
        });
}
