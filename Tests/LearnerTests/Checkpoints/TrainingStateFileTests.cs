using Environments.Randomness;
using Environments.State;
using Learners.Checkpoints;
using Xunit;

namespace Tests.LearnerTests.Checkpoints;

public sealed class TrainingStateFileTests
{
    private static byte[] File()
    {
        var state = new StateDictionary();
        state.Set("count", 42L);
        state.Scope("learner").Set<float>("parameters", [1.5f, float.NaN, -0f]);
        state.Set<char>("type", "CartPole");
        return TrainingStateFile.Write(state);
    }

    [Fact]
    public void Read_AfterWrite_GivesEveryEntry()
    {
        StateDictionary state = TrainingStateFile.Read(File());

        Assert.Equal(42L, state.Get<long>("count"));
        Assert.Equal([1.5f, float.NaN, -0f], state.Scope("learner").GetArray<float>("parameters"));
        Assert.Equal("CartPole", new string(state.GetArray<char>("type")));
        Assert.Equal(3, state.Entries.Count());
    }

    [Fact]
    public void Read_AnyTruncation_IsRefused()
    {
        byte[] file = File();

        for (int length = 0; length < file.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => TrainingStateFile.Read(file[..length]));
        }
        Assert.Throws<InvalidDataException>(() => TrainingStateFile.Read([.. file, 0]));
    }

    [Fact]
    public void Read_AnyByteReplaced_LoadsOrIsRefusedAndNothingElse()
    {
        byte[] file = File();
        var random = new Pcg64(1);
        for (int round = 0; round < 5_000; round++)
        {
            var damaged = (byte[])file.Clone();
            for (int i = random.NextInt(1, 4); i > 0; i--)
            {
                damaged[random.NextInt(0, damaged.Length)] = (byte)random.NextInt(0, 256);
            }
            try
            {
                TrainingStateFile.Read(damaged);
            }
            catch (InvalidDataException)
            {
                // The only failure there may be.
            }
        }
    }
}
