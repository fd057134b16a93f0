using Agents.Networks;
using Agents.Networks.Cores.Transformers;
using Agents.Policies;
using Environments;
using Environments.Randomness;
using Learners.Evaluation;
using SkiaSharp;
using Xunit;

namespace Tests.LearnerTests.Evaluation;

public sealed class AttentionRecorderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Record_Episode_GivesEachStepsSharesOfWhatItRemembers()
    {
        using SavedPolicy policy = Policy("gtrxl", "Memory/Recall-v0?delay=6");

        AttentionRecording recording = AttentionRecorder.Record(policy, new AttentionOptions { Seed = 3 });

        Assert.Equal((7, 2, 2, 3), (recording.Steps, recording.Layers, recording.Heads, recording.MemoryLength));
        Assert.Contains(recording.Return, (double[])[1, -1]);
        for (int map = 0; map < 4; map++)
        {
            for (int query = 0; query < recording.Steps; query++)
            {
                float[] row =
                [
                    .. Enumerable.Range(0, recording.Steps).Select(attended => recording[map / 2, map % 2, query, attended]),
                ];
                Assert.Equal(1, row.Sum(), 1e-5);
                Assert.All(row[(query + 1)..], weight => Assert.Equal(0, weight));
                Assert.All(row[..Math.Max(0, query - recording.MemoryLength)], weight => Assert.Equal(0, weight));
                Assert.All(row[Math.Max(0, query - recording.MemoryLength)..(query + 1)], weight => Assert.True(weight > 0));
            }
        }
    }

    [Fact]
    public void Record_LongEpisode_EndsAtTheGivenStep()
    {
        using SavedPolicy policy = Policy("gtrxl", "Memory/Recall-v0?delay=50");

        Assert.Equal(9, AttentionRecorder.Record(policy, new AttentionOptions { MaxSteps = 9 }).Steps);
    }

    [Fact]
    public void Record_OtherCore_SaysWhatIsNeeded()
    {
        using SavedPolicy policy = Policy("lstm", "Memory/Recall-v0");

        NotSupportedException exception = Assert.Throws<NotSupportedException>(() => AttentionRecorder.Record(policy));

        Assert.Contains("--core gtrxl", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_Recording_PaintsEachWeightWhereItBelongs()
    {
        var recording = new AttentionRecording
        {
            Layers = 1,
            Heads = 2,
            MemoryLength = 3,
            Steps = 2,
            Return = 1,
            Weights = [1, 0, 0.25f, 0.75f, 1, 0, 0, 1],
        };

        AttentionPicture.Save(recording, _folder.In("deep/picture.png"));

        using SKBitmap picture = SKBitmap.Decode(_folder.In("deep/picture.png"));
        // Squares begin 12 pixels from the left and 32 from the top; 32 pixels a cell, the second one 128 + 12 further right.
        Assert.Equal(AttentionPicture.ColourOf(1), picture.GetPixel(12 + 16, 32 + 16));
        Assert.Equal(AttentionPicture.ColourOf(0.25f), picture.GetPixel(12 + 16, 32 + 48));
        Assert.Equal(AttentionPicture.ColourOf(0.75f), picture.GetPixel(12 + 48, 32 + 48));
        Assert.Equal(AttentionPicture.ColourOf(0), picture.GetPixel(152 + 16, 32 + 48));
        Assert.Equal(AttentionPicture.ColourOf(1), picture.GetPixel(152 + 48, 32 + 48));
        Assert.NotEqual(AttentionPicture.ColourOf(0), AttentionPicture.ColourOf(0.1f));
    }

    private static SavedPolicy Policy(string core, string environment)
    {
        using IBatchedEnvironment batch = EnvironmentRegistry.Default.Make(environment);
        var settings = new NetworkSettings
        {
            Core = core,
            CoreSize = 8,
            Transformer = new TransformerSettings { MemoryLength = 3 },
        };
        var spec = new NetworkSpec(batch.Spec.ObservationSpace, batch.Spec.ActionSpace, settings);
        var random = new Pcg64(4);
        float[] parameters = ParameterInitializer.Create(new ParameterLayout(spec), ref random);
        return new SavedPolicy(new PolicyInfo { Agent = "ppo", Environment = environment }, spec, parameters, null);
    }
}
