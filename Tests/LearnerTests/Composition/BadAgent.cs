using System.ComponentModel.DataAnnotations;
using Environments.State;
using Learners.Composition;
using Learners.Metrics;

namespace Tests.LearnerTests.Composition;

/// <summary>What a learner does that it must not.</summary>
public enum Misdeed
{
    None,
    PullsTwice,
    GivesUp,
    MeasuresInSecret,
}

/// <summary>An agent whose learner breaks its contract.</summary>
internal sealed class BadAgent : Agent
{
    public override string Name => "bad";

    public override string Description => "breaks its contract";

    public override AgentSettings Defaults => new BadSettings();

    public override ILearner CreateLearner(LearnerContext context) => new Learner(context);

    private sealed class Learner(LearnerContext context) : ILearner
    {
        private readonly float[] _parameters = context.InitialParameters();

        public ReadOnlySpan<float> ActingParameters => _parameters;

        public long Updates => 0;

        public IReadOnlyList<string> Tags => [];

        public async ValueTask<bool> AdvanceAsync(MetricAverages metrics, CancellationToken stop)
        {
            Misdeed misdeed = context.Settings.Of<BadSettings>().Misdeed;
            bool pulled = misdeed != Misdeed.GivesUp && await context.Experience.NextAsync(stop) is not null;
            if (misdeed == Misdeed.PullsTwice)
            {
                await context.Experience.NextAsync(stop);
            }
            if (misdeed == Misdeed.MeasuresInSecret)
            {
                metrics.Add("bad/secret", 1);
            }
            return pulled;
        }

        public float[] ExportParameters() => [.. _parameters];

        public void SaveState(StateDictionary state) { }

        public void LoadState(StateDictionary state) { }

        public void Dispose() { }
    }
}

internal sealed record BadSettings : AgentSettings
{
    public override Agent Agent => new BadAgent();

    public override int Copies { get; init; } = 2;

    public override int UnrollLength { get; init; } = 8;

    public override float DiscountFactor { get; init; } = 1;

    public Misdeed Misdeed { get; init; }

    public override IEnumerable<ValidationResult> ValidateIn(TrainingSettings run)
    {
        if (Misdeed == Misdeed.None)
        {
            yield return new ValidationResult("an agent without one is not bad.", [nameof(Misdeed)]);
        }
    }
}
