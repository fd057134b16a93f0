using System.ComponentModel.DataAnnotations;
using Actors;
using Agents.Distributions;
using Agents.Networks;
using Agents.Policies;
using Environments;
using Environments.Wrappers;
using Learners.Auxiliary;

namespace Learners.Evaluation;

/// <summary>Which episodes a report on branches plays. Immutable.</summary>
public sealed record BranchOptions
{
    /// <summary>Environment to play; null for the one the policy was trained on.</summary>
    public string? Environment { get; init; }

    /// <summary>Episodes to play, one after the other.</summary>
    /// <value>1 to 100,000. Default 20.</value>
    [Range(1, 100_000)]
    public int Episodes { get; init; } = 20;

    /// <summary>Seed of environment and sampling.</summary>
    public ulong Seed { get; init; }

    /// <summary>Where the environment is looked up.</summary>
    public EnvironmentRegistry Registry { get; init; } = EnvironmentRegistry.Default;
}

/// <summary>Plays episodes with a saved perception-prediction-reaction policy and asks in each step what its other branches would have done.</summary>
public static class BranchRecorder
{
    /// <summary>Plays the first episodes of a seed; reaction acts.</summary>
    /// <param name="policy">A policy whose core is ppr, trained with the auxiliary part ppr, which gives its branches their heads.</param>
    /// <param name="options">Which episodes; null for the defaults.</param>
    /// <param name="cancellationToken">Stops early with <see cref="OperationCanceledException"/>.</param>
    /// <exception cref="NotSupportedException">The policy has no heads on the branches.</exception>
    /// <exception cref="ArgumentException">The environment is unknown, or its spaces are not the policy's.</exception>
    public static BranchReport Record(
        SavedPolicy policy,
        BranchOptions? options = null,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentNullException.ThrowIfNull(policy);
        options ??= new BranchOptions();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Episodes, 1);
        Opinions[] opinions = [.. BranchPolicies.All.Select(branch => new Opinions(branch, policy))];
        using EnvironmentPipeline pipeline = Evaluator.CreatePipeline(
            policy,
            options.Environment,
            1,
            Evaluator.DefaultMaxEpisodeSteps,
            options.Registry
        );
        IBatchedEnvironment environment = pipeline.Environment;
        PolicySession session = Evaluator.Start(pipeline, policy, options.Seed, deterministic: false);
        int steps = 0;
        var returns = new List<double>();
        while (returns.Count < options.Episodes)
        {
            cancellationToken.ThrowIfCancellationRequested();
            environment.Step(session.Act(environment.Observations));
            steps++;
            foreach (Opinions branch in opinions)
            {
                branch.Add(session.Output.Distributions);
            }
            foreach (EpisodeResult episode in pipeline.Episodes.Completed)
            {
                returns.Add(episode.Return);
            }
            session.StartEpisodes(environment.Terminated, environment.Truncated);
        }
        return new BranchReport
        {
            Episodes = returns.Count,
            Steps = steps,
            MeanReturn = returns.Average(),
            Branches = [.. opinions.Select(branch => branch.Summary(steps))],
        };
    }

    /// <summary>What one branch said, step by step.</summary>
    private sealed class Opinions
    {
        private const int Block = 256;

        private readonly string _branch;
        private readonly string _watched;
        private readonly SavedPolicy _policy;
        private readonly ActionDistribution _family;
        private readonly PolicyComparison _between;
        private readonly float[] _reaction; // of the latest steps, until there are enough
        private readonly float[] _own;
        private readonly float[] _action;
        private readonly float[] _other;
        private int _otherwise;
        private int _rows;
        private double _divergence;

        public Opinions(string branch, SavedPolicy policy)
        {
            (_branch, _policy) = (branch, policy);
            _watched = NetworkGraph.WatchedHead(BranchPolicies.HeadOf(branch));
            if (!policy.ActingNetwork.Watch(_watched))
            {
                throw new NotSupportedException(
                    $"The policy has no head on a branch {branch}, so there is nothing to compare. Train one with --core ppr and --set AGENT.auxiliary.ppr.weight=0.03."
                );
            }
            _family = ActionDistribution.For(policy.ActionSpace);
            (_action, _other) = (new float[_family.ActionSize], new float[_family.ActionSize]);
            _between = new PolicyComparison(_family);
            _reaction = new float[Block * _family.ParameterSize];
            _own = new float[_reaction.Length];
        }

        public void Add(ReadOnlySpan<float> reaction)
        {
            ReadOnlySpan<float> own = _policy.ActingNetwork.Watched(_watched);
            reaction.CopyTo(_reaction.AsSpan(_rows * _family.ParameterSize));
            own.CopyTo(_own.AsSpan(_rows * _family.ParameterSize));
            _rows++;
            if (_rows == Block)
            {
                AddDivergence();
            }
            _family.Mode(reaction, _action);
            _family.Mode(own, _other);
            bool differs = false;
            for (int i = 0; i < _action.Length; i++)
            {
                // Behind the means of a Gaussian stand the logarithms of its deviations; choices differ or do not.
                float tolerance = _family is DiagonalGaussian ? MathF.Exp(reaction[_action.Length + i]) : 0;
                differs |= MathF.Abs(_action[i] - _other[i]) > tolerance;
            }
            _otherwise += differs ? 1 : 0;
        }

        public BranchOpinion Summary(int steps)
        {
            AddDivergence();
            return new BranchOpinion(_branch, (double)_otherwise / steps, _divergence / steps);
        }

        private void AddDivergence()
        {
            if (_rows > 0)
            {
                _divergence += _rows * _between.Mean(_reaction, _own, _rows);
            }
            _rows = 0;
        }
    }
}
