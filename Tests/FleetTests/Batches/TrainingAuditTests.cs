using Fleet.Batches;
using Protos;
using Xunit;

namespace Tests.FleetTests.Batches;

public sealed class TrainingAuditTests
{
    [Fact]
    public void Load_EarlierCheckpoint_DropsWhatFollowedIt()
    {
        using var folder = new TemporaryFolder();
        string path = folder.In("audit.txt");
        var audit = new TrainingAudit(path);
        audit.Save();
        audit.Add(new UnrollHeader("a", 5, 0, 0, ""));
        audit.Add(new UnrollHeader("b", 6, 0, 0, ""));
        long kept = audit.Save();
        audit.Add(new UnrollHeader("a", 5, 1, 0, ""));
        audit.Save();
        audit.Add(new UnrollHeader("a", 5, 2, 0, "")); // never saved

        var resumed = new TrainingAudit(path);
        resumed.Load(kept);
        resumed.Add(new UnrollHeader("b", 6, 1, 0, ""));
        resumed.Save();

        Assert.Equal(["a 5 0", "b 6 0", "b 6 1"], File.ReadLines(path).Where(line => !line.StartsWith('#')));
    }
}
