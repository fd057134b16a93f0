using Learners.Composition;
using Learners.Ppo;
using Protos;

namespace Tests.LearnerTests.Composition;

/// <summary>PPO that acts in the way of its settings, and notes with which log-probabilities it was told that actions were taken.</summary>
internal sealed class WayAgent(string acting) : Agent
{
    public WayAgent()
        : this("sample") { }

    public override string Name => "way";

    public override string Description => "PPO that acts in another way";

    public override string Acting => acting;

    public override AgentSettings Defaults => new WaySettings { Way = acting };

    public override ILearner CreateLearner(LearnerContext context)
    {
        WaySettings own = context.Settings.Of<WaySettings>();
        var ppo = new PpoSettings { Copies = own.Copies, UnrollLength = own.UnrollLength };
        return new PpoAgent().CreateLearner(
            context with
            {
                Settings = context.Settings with { Agent = ppo },
                Experience = new Source(context.Experience, own.LogProbs),
            }
        );
    }

    private sealed class Source(IExperienceSource inner, List<float> logProbs) : IExperienceSource
    {
        public double Progress => inner.Progress;

        public async ValueTask<Unroll?> NextAsync(CancellationToken stop)
        {
            Unroll? unroll = await inner.NextAsync(stop);
            logProbs.AddRange(unroll?.BehaviourLogProbs ?? []);
            return unroll;
        }
    }
}

/// <summary>Settings of <see cref="WayAgent"/>.</summary>
internal sealed record WaySettings : AgentSettings
{
    public override Agent Agent => new WayAgent(Way);

    public override int Copies { get; init; } = 4;

    public override int UnrollLength { get; init; } = 64;

    public override float DiscountFactor { get; init; } = 0.99f;

    /// <summary>Name of the acting policy.</summary>
    public string Way { get; init; } = "sample";

    /// <summary>What unrolls said; also of settings made of these by <c>with</c>.</summary>
    public List<float> LogProbs { get; } = [];
}
