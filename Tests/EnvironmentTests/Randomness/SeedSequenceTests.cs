using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.Randomness;

public sealed class SeedSequenceTests
{
    [Fact]
    public void Generate_Twice_WritesTheSameWords()
    {
        var sequence = new SeedSequence(5);
        var first = new ulong[6];
        var second = new ulong[6];
        sequence.Generate(first);
        sequence.Generate(second);
        Assert.Equal(first, second);
        Assert.Equal(first[0], sequence.GenerateSeed());
    }

    [Fact]
    public void Child_DifferentKeysSeedsAndDepths_NeverShareASeed()
    {
        var seeds = new HashSet<ulong>();
        int made = 0;
        for (ulong root = 0; root < 20; root++)
        {
            var sequence = new SeedSequence(root);
            seeds.Add(sequence.GenerateSeed());
            made++;
            for (uint key = 0; key < 20; key++)
            {
                seeds.Add(sequence.Child(key).GenerateSeed());
                seeds.Add(sequence.Child(key).Child(0).GenerateSeed());
                made += 2;
            }
        }
        Assert.Equal(made, seeds.Count);
    }

    [Fact]
    public void Child_AnOrderOfCalls_DoesNotMatter()
    {
        var sequence = new SeedSequence(7);
        ulong before = sequence.Child(3).GenerateSeed();
        sequence.Child(1).GenerateSeed();
        Assert.Equal(before, sequence.Child(3).GenerateSeed());
    }

    [Fact]
    public void Child_StreamsOfTwoKeys_AreUncorrelated()
    {
        var sequence = new SeedSequence(8);
        var first = new Pcg64(sequence.Child(0));
        var second = new Pcg64(sequence.Child(1));
        const int draws = 100_000;
        double product = 0;
        for (int i = 0; i < draws; i++)
        {
            product += (first.NextDouble() - 0.5) * (second.NextDouble() - 0.5);
        }
        Assert.Equal(0, 12 * product / draws, 5 / Math.Sqrt(draws));
    }

    [Fact]
    public void Create_SeedsThatDifferInTheHighWordOnly_DifferInTheirStreams() =>
        Assert.NotEqual(new SeedSequence(1).GenerateSeed(), new SeedSequence(1 | 1UL << 40).GenerateSeed());
}
