using Agents.Files;
using Xunit;

namespace Tests.AgentTests.Files;

public sealed class AtomicFolderTests
{
    [Fact]
    public void Delete_FolderWithALinkToAnother_LeavesWhatTheLinkLeadsTo()
    {
        string root = Directory.CreateTempSubdirectory("agents-").FullName;
        try
        {
            string kept = Directory.CreateDirectory(Path.Combine(root, "kept")).FullName;
            File.WriteAllText(Path.Combine(kept, "file"), "text");
            string folder = Directory.CreateDirectory(Path.Combine(root, "folder", "inner")).Parent!.FullName;
            File.WriteAllText(Path.Combine(folder, "inner", "file"), "text");
            Directory.CreateSymbolicLink(Path.Combine(folder, "link"), kept);
            File.CreateSymbolicLink(Path.Combine(folder, "broken"), Path.Combine(root, "nowhere"));

            AtomicFolder.Delete(folder);

            Assert.False(Directory.Exists(folder));
            Assert.True(File.Exists(Path.Combine(kept, "file")));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
