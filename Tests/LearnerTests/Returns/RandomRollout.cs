using Environments.Randomness;
using Learners.Returns;

namespace Tests.LearnerTests.Returns;

/// <summary>Random steps <c>[T, B]</c> with random episode ends; V(s'_t) is V(s_{t+1}) inside an episode, as in a real unroll.</summary>
internal sealed class RandomRollout
{
    public RandomRollout(int steps, int batch, ulong seed)
    {
        Steps = steps;
        Batch = batch;
        var random = new Pcg64(seed);
        int size = steps * batch;
        (Rewards, Values, NextValues, LogRatios) = (new float[size], new float[size], new float[size], new float[size]);
        (Terminated, Truncated) = (new bool[size], new bool[size]);
        for (int i = 0; i < size; i++)
        {
            Rewards[i] = (float)random.NextGaussian();
            Values[i] = (float)random.NextGaussian();
            LogRatios[i] = (float)random.NextGaussian() * 0.7f;
            double end = random.NextDouble();
            Terminated[i] = end < 0.1;
            Truncated[i] = end is > 0.07 and < 0.2; // sometimes both at once
        }
        for (int i = 0; i < size; i++)
        {
            bool goesOn = i + batch < size && !Terminated[i] && !Truncated[i];
            NextValues[i] = goesOn ? Values[i + batch] : (float)random.NextGaussian();
        }
    }

    public int Steps { get; }
    public int Batch { get; }
    public float[] Rewards { get; }
    public float[] Values { get; }
    public float[] NextValues { get; }
    public float[] LogRatios { get; }
    public bool[] Terminated { get; }
    public bool[] Truncated { get; }

    public bool EndsAt(int index) => Terminated[index] || Truncated[index];

    public float[] Advantages(float discountFactor, float lambda)
    {
        (float[] discounts, float[] lambdas) = Boundaries(discountFactor, lambda);
        var advantages = new float[Rewards.Length];
        GeneralizedAdvantage.Estimate(Rewards, discounts, lambdas, Values, NextValues, advantages, Batch);
        return advantages;
    }

    public float[] Returns(float discountFactor)
    {
        (float[] discounts, float[] lambdas) = Boundaries(discountFactor, 1);
        var returns = new float[Rewards.Length];
        NStepReturns.Estimate(Rewards, discounts, lambdas, NextValues, returns, Batch);
        return returns;
    }

    public (float[] Targets, float[] Advantages) Corrected(
        float discountFactor,
        float lambda,
        float[] logRatios,
        VTraceClips clips
    )
    {
        (float[] discounts, float[] continuations) = Boundaries(discountFactor, lambda: 1);
        var targets = new float[Rewards.Length];
        var advantages = new float[Rewards.Length];
        VTrace.Estimate(
            logRatios,
            Rewards,
            discounts,
            continuations,
            Values,
            NextValues,
            targets,
            advantages,
            Batch,
            lambda,
            clips
        );
        return (targets, advantages);
    }

    private (float[] Discounts, float[] Lambdas) Boundaries(float discountFactor, float lambda)
    {
        var discounts = new float[Rewards.Length];
        var lambdas = new float[Rewards.Length];
        EpisodeBoundaries.Fill(Terminated, Truncated, discountFactor, lambda, discounts, lambdas);
        return (discounts, lambdas);
    }
}
