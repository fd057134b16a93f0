using Protos.Foreign;
using Xunit;

namespace Tests.ProtoTests.Foreign;

public sealed class DiskFailureTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writing_WhatTheSystemThrows_IsToldWithThePathTheReasonAndTheCure()
    {
        File.WriteAllText(_folder.In("file"), "");
        string path = _folder.In("run");

        (string Path, Exception Thrown, string Expected)[] cases =
        [
            (
                _folder.Path,
                new UnauthorizedAccessException($"Access to the path '{_folder.Path}' is denied."),
                "it is a folder. Choose another path."
            ),
            (
                _folder.Path,
                new UnauthorizedAccessException($"Access to the path '{_folder.In("run.lock")}' is denied."),
                $"this user has no permission to write to '{_folder.Path}'. Choose another path, or have the permission changed."
            ),
            (
                path,
                new IOException($"No space left on device : '{path}.tmp-1'"),
                "no space left on device. Free some space there."
            ),
            (path, new IOException("Read-only file system : '/x'"), "read-only file system. Choose another path."),
            (
                path,
                new UnauthorizedAccessException("Access to the path is denied."),
                $"this user has no permission to write to '{_folder.Path}'. Choose another path, or have the permission changed."
            ),
            (
                path,
                new FileNotFoundException("Could not find file."),
                $"nothing can be created in '{_folder.Path}'. Choose another path."
            ),
            (
                _folder.In("no", "file"),
                new DirectoryNotFoundException("Could not find a part of the path."),
                $"there is no folder '{_folder.In("no")}'. Create it, or choose another path."
            ),
            (
                _folder.In("file", "run"),
                new IOException("Not a directory"),
                $"'{_folder.In("file")}' is a file, not a folder. Choose another path."
            ),
            (
                _folder.In("file"),
                new IOException("The file exists."),
                "a file is in the way (the file exists). Choose another path."
            ),
        ];

        Assert.All(
            cases,
            one =>
            {
                IOException told = Assert.ThrowsAny<IOException>(() => DiskFailure.Writing(one.Path, () => throw one.Thrown));
                Assert.Equal($"'{one.Path}' cannot be written: {one.Expected}", told.Message);
                Assert.Equal(one.Thrown.HResult, told.HResult);
            }
        );
    }

    [Fact]
    public void Writing_APlaceInsideOfAnother_IsToldOnce()
    {
        IOException told = Assert.ThrowsAny<IOException>(() =>
            DiskFailure.Writing(
                _folder.In("outer"),
                () => DiskFailure.Writing(_folder.In("inner"), () => throw new IOException("No space left on device"))
            )
        );

        Assert.StartsWith($"'{_folder.In("inner")}' cannot be written", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Writing_AnotherFault_PassesThrough() =>
        Assert.Throws<InvalidOperationException>(() => DiskFailure.Writing("x", () => throw new InvalidOperationException()));

    [Fact]
    public void CreateFile_FolderIsMissing_MakesIt()
    {
        DiskFailure.CreateFile(_folder.In("a", "b", "c")).Dispose();

        Assert.True(File.Exists(_folder.In("a", "b", "c")));
    }

    [Theory]
    [InlineData(typeof(FileNotFoundException), "There is no file 'a/b'.")]
    [InlineData(typeof(DirectoryNotFoundException), "There is no file 'a/b', nor a folder 'a'.")]
    [InlineData(typeof(UnauthorizedAccessException), "'a/b' cannot be read: this user has no permission to read it.")]
    public void Unreadable_KeepsTheTypeAndSaysWhy(Type type, string expected)
    {
        Exception told = DiskFailure.Unreadable("a/b", (Exception)Activator.CreateInstance(type)!);

        Assert.Equal(expected, told.Message);
        Assert.IsType(type, told);
    }
}
