using Agents.Files;
using Agents.Networks;
using Agents.Policies;
using Environments.Randomness;
using Environments.Spaces;
using Environments.State;
using Learners.Checkpoints;
using Xunit;

namespace Tests.LearnerTests.Checkpoints;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly SavedPolicy _policy;

    public CheckpointStoreTests()
    {
        var spec = new NetworkSpec(new Box(-1, 1, 2), new Discrete(2), new NetworkSettings { HiddenSizes = [4] });
        var random = new Pcg64(1);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        _policy = new SavedPolicy(new PolicyInfo { Agent = "ppo", Environment = "Test-v0" }, spec, parameters, null);
    }

    public void Dispose()
    {
        _policy.Dispose();
        _folder.Dispose();
    }

    private static StateDictionary State(int number)
    {
        var state = new StateDictionary();
        state.Set("number", number);
        state.Scope("inner").Set<float>("values", [1.5f, float.NaN, -0f]);
        return state;
    }

    [Fact]
    public void Load_AfterSave_GivesEveryEntryBitForBit()
    {
        var store = new CheckpointStore(_folder.In("checkpoints"), keep: 3);

        StateDictionary loaded = CheckpointStore.Load(store.Save(100, _policy, State(7)));

        Assert.Equal(7, loaded.Get<int>("number"));
        float[] values = loaded.Scope("inner").GetArray<float>("values");
        Assert.Equal([1.5f, float.NaN, -0f], values);
        Assert.True(float.IsNegative(values[2]));
        Assert.Equal(_policy.ParameterHash, SavedPolicy.Load(_folder.In("checkpoints", "000000000100", "policy")).ParameterHash);
    }

    [Fact]
    public void Save_MoreThanToKeep_DeletesTheOldest()
    {
        var store = new CheckpointStore(_folder.In("checkpoints"), keep: 2);

        foreach (int steps in (int[])[1, 20, 3_000])
        {
            store.Save(steps, _policy, State(steps));
        }

        Assert.Equal([3_000, 20], store.List().Select(entry => entry.Steps));
    }

    [Fact]
    public void Save_BelowANewerOne_NeverDeletesTheOneJustWritten()
    {
        var store = new CheckpointStore(_folder.In("checkpoints"), keep: 1);
        store.Save(20, _policy, State(20));

        store.Save(10, _policy, State(10));

        Assert.Contains(10, store.List().Select(entry => entry.Steps));
    }

    [Fact]
    public void Load_AnyByteOfAnyFileFlipped_IsNoticed()
    {
        var store = new CheckpointStore(_folder.In("checkpoints"), keep: 1);
        string path = store.Save(5, _policy, State(5));
        foreach (
            string file in Directory
                .GetFiles(path, "*", SearchOption.AllDirectories)
                .Where(file => !file.EndsWith("manifest.json", StringComparison.Ordinal))
        )
        {
            byte[] bytes = File.ReadAllBytes(file);
            foreach (int position in (int[])[0, bytes.Length / 2, bytes.Length - 1])
            {
                bytes[position] ^= 1;
                File.WriteAllBytes(file, bytes);

                CheckpointException exception = Assert.Throws<CheckpointException>(() => CheckpointStore.Load(path));

                Assert.Contains(Path.GetFileName(file), exception.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', exception.Message);
                bytes[position] ^= 1;
                File.WriteAllBytes(file, bytes);
            }
        }
        Assert.Equal(5, CheckpointStore.Load(path).Get<int>("number"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"environment_steps": 5, "files": {}}""")]
    [InlineData("""{"environment_steps": 5, "files": {"missing.bin": "00"}}""")]
    public void Load_BadManifest_IsRefusedInOneLine(string manifest)
    {
        string path = new CheckpointStore(_folder.In("checkpoints"), keep: 1).Save(5, _policy, State(5));
        File.WriteAllText(Path.Combine(path, "manifest.json"), manifest);

        CheckpointException exception = Assert.Throws<CheckpointException>(() => CheckpointStore.Load(path));

        Assert.DoesNotContain('\n', exception.Message);
    }

    [Fact]
    public void Save_FullDisk_KeepsTheLastGoodCheckpointAndNamesIt()
    {
        new CheckpointStore(_folder.In("checkpoints"), keep: 3).Save(10, _policy, State(10));
        var full = new CheckpointStore(_folder.In("checkpoints"), keep: 3)
        {
            WriteFile = (_, _) => throw new IOException("No space left on device"),
        };

        CheckpointException exception = Assert.Throws<CheckpointException>(() => full.Save(20, _policy, State(20)));

        Assert.Contains("no space left on device", exception.Message, StringComparison.Ordinal);
        Assert.Contains("step 10", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--resume", exception.Message, StringComparison.Ordinal);
        Assert.Equal(["000000000010"], Directory.GetDirectories(_folder.In("checkpoints")).Select(Path.GetFileName));
        Assert.Equal(10, full.LoadNewest(_ => { }).Get<int>("number"));
    }

    [Fact]
    public void Save_FolderThatCannotBeMade_SaysSo()
    {
        File.WriteAllText(_folder.In("checkpoints"), "a file where the folder should be");

        CheckpointException exception = Assert.Throws<CheckpointException>(() =>
            new CheckpointStore(_folder.In("checkpoints"), keep: 1).Save(1, _policy, State(1))
        );

        Assert.Contains("could not be written", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_FillThatFails_LeavesTheOldFolderAndNothingElse()
    {
        AtomicFolder.Write(_folder.In("target"), path => File.WriteAllText(Path.Combine(path, "a"), "old"));

        Assert.ThrowsAny<IOException>(() =>
            AtomicFolder.Write(
                _folder.In("target"),
                path =>
                {
                    File.WriteAllText(Path.Combine(path, "a"), "new");
                    throw new IOException("No space left on device");
                }
            )
        );

        Assert.Equal("old", File.ReadAllText(_folder.In("target", "a")));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void Save_FolderBelowOneThatLooksTemporary_KeepsItsCheckpoints()
    {
        var store = new CheckpointStore(_folder.In("a.old-12345678", "b.tmp-12345678", "checkpoints"), keep: 3);

        store.Save(1, _policy, State(1));
        store.Save(2, _policy, State(2));

        Assert.Equal([2, 1], store.List().Select(entry => entry.Steps));
    }

    [Fact]
    public void LoadNewest_DamagedOne_MovesItAsideSoThatItNeverCostsAGoodOne()
    {
        var store = new CheckpointStore(_folder.In("checkpoints"), keep: 1);
        store.Save(10, _policy, State(10));
        string newer = new CheckpointStore(_folder.In("checkpoints"), keep: 5).Save(20, _policy, State(20));
        File.WriteAllText(Path.Combine(newer, "state.msgpack"), "damaged");

        Assert.Equal(10, store.LoadNewest(_ => { }).Get<int>("number"));
        store.Save(15, _policy, State(15));

        Assert.Equal([15], store.List().Select(entry => entry.Steps));
        Assert.True(Directory.Exists(newer + ".damaged"));
    }

    [Fact]
    public void CleanUp_CrashBetweenTheTwoRenames_PutsTheOldFolderBack()
    {
        AtomicFolder.Write(_folder.In("best"), path => File.WriteAllText(Path.Combine(path, "a"), "good"));
        Directory.Move(_folder.In("best"), _folder.In("best.old-0123abcd"));
        Directory.CreateDirectory(_folder.In("best.tmp-0123abcd"));

        AtomicFolder.CleanUp(_folder.Path);

        Assert.Equal("good", File.ReadAllText(_folder.In("best", "a")));
        Assert.Single(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public void AtomicFile_WriteThatFails_KeepsTheOldText()
    {
        string path = _folder.In("config.yaml");
        AtomicFile.Write(path, "old");
        Directory.CreateDirectory(_folder.In("folder"));

        AtomicFile.Write(path, "new");
        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(_folder.In("folder"), "text"));

        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder.Path).Length);
    }
}
