using Google.Protobuf;
using Studies.Cluster.Transfer;
using Xunit;
using SentFile = Studies.Cluster.Transfer.File;

namespace Tests.StudyTests.Cluster;

/// <summary>Folders that somebody sends.</summary>
public sealed class FolderReceiverTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Receive_WholeFolder_IsThere()
    {
        await ReceiveAsync(FileOf("trials/0/a/b.txt", 3), Content("ab"), Content("c"), EndOf(1));

        Assert.Equal("abc", System.IO.File.ReadAllText(_folder.In("in", "trials", "0", "a", "b.txt")));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("trials/0/../../../outside")]
    [InlineData("trials/0/./x")]
    [InlineData("/tmp/outside")]
    [InlineData("trials/1/x")] // of another leg
    [InlineData("trials/0")]
    [InlineData("trials/0/a\\b")]
    [InlineData("trials/0/")]
    [InlineData("")]
    public async Task Receive_NameThatLeadsElsewhere_IsRefusedAndNothingRemains(string name)
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => ReceiveAsync(FileOf(name, 1), Content("x"), EndOf(1)));

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Receive_StreamThatIsNotWhole_IsRefusedAndNothingRemains()
    {
        Piece file = FileOf("trials/0/x", 2);
        Piece[][] streams =
        [
            [file, Content("xy")],
            [file, Content("x"), EndOf(1)],
            [file, Content("xyz"), EndOf(1)],
            [file, Content("xy"), EndOf(2)],
            [Content("xy"), EndOf(0)],
            [FileOf("trials/0/x", long.MaxValue), EndOf(1)],
            [FileOf("trials/0/x", -1), EndOf(1)],
            [EndOf(0), EndOf(0)],
            [new Piece()],
        ];
        foreach (Piece[] stream in streams)
        {
            await Assert.ThrowsAsync<InvalidDataException>(() => ReceiveAsync(stream));
            Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
        }
    }

    private static Piece FileOf(string name, long length) =>
        new()
        {
            File = new SentFile { Name = name, Length = length },
        };

    private static Piece Content(string text) => new() { Content = ByteString.CopyFromUtf8(text) };

    private static Piece EndOf(int files) => new() { End = new End { Files = files } };

    private Task ReceiveAsync(params Piece[] pieces) =>
        FolderReceiver.ReceiveAsync(pieces.ToAsyncEnumerable(), ["trials/0"], _folder.In("in"), default);
}
