using Agents.Networks;
using Agents.Programs;
using Environments.Randomness;
using Environments.Spaces;
using Learners.A2c;
using Learners.ActorCritic;
using Learners.Batches;
using Learners.Composition;
using Learners.Engines;
using Learners.Metrics;
using Learners.Objectives;
using Learners.References;
using Learners.Returns;
using Learners.Stages;
using Protos;
using Tests.LearnerTests.Composition;

namespace Tests.LearnerTests.Auxiliary;

/// <summary>
/// A tabular problem whose trajectories are all learned from, each as much as it is probable: the expected update of a stage and its objectives, by the same code that
/// trains. Logits are one linear layer over the state's one-hot vector. Observations are the state and a number that is always 0, for those who see less.
/// </summary>
internal sealed class EnumeratedTrajectories
{
    private readonly int _states;
    private readonly int _actions;
    private readonly Unroll _unroll;
    private readonly float[] _weights; // of each trajectory

    /// <summary>A problem.</summary>
    /// <param name="states">States, S.</param>
    /// <param name="actions">Actions, A.</param>
    /// <param name="trajectories">States, actions and rewards of each, all of one length, the last step of which ends the task, with its probability.</param>
    public EnumeratedTrajectories(
        int states,
        int actions,
        IReadOnlyList<(int[] States, int[] Actions, float[] Rewards, double Probability)> trajectories
    )
    {
        (_states, _actions) = (states, actions);
        int steps = trajectories[0].States.Length;
        int copies = trajectories.Count;
        Spec = new NetworkSpec(new MultiDiscrete(states, 1), new Discrete(actions), new NetworkSettings { HiddenSizes = [] });
        _unroll = new Unroll(new UnrollShape(steps, copies, new ObservationFormat(2), 1, 0));
        _unroll.Clear();
        _weights = [.. trajectories.Select(trajectory => (float)(trajectory.Probability * copies))];
        for (int t = 0; t <= steps; t++)
        {
            var observations = new float[copies * 2];
            for (int b = 0; b < copies; b++)
            {
                observations[b * 2] = trajectories[b].States[Math.Min(t, steps - 1)];
                _unroll.EpisodeStarts[t * copies + b] = t == 0 || t == steps;
                if (t < steps)
                {
                    _unroll.Actions[t * copies + b] = trajectories[b].Actions[t];
                    _unroll.Rewards[t * copies + b] = trajectories[b].Rewards[t];
                    _unroll.Terminated[t * copies + b] = t == steps - 1;
                }
                if (t == steps - 1)
                {
                    _unroll.AddFinalObservation(t * copies + b, [observations[b * 2], 0]);
                }
            }
            _unroll.Observations.Write(t, observations, 0);
        }
        _unroll.ReadBy(null);
    }

    public NetworkSpec Spec { get; }

    /// <summary>A run that these stages believe to be part of.</summary>
    /// <param name="discount">γ.</param>
    public LearnerContext Run(float discount) =>
        new()
        {
            Settings = new TrainingSettings { Agent = new A2cSettings { DiscountFactor = discount } },
            Network = Spec,
            Seed = new SeedSequence(1),
            Experience = new NoExperience(),
        };

    /// <summary>A policy that has the given probabilities in each state, and values where they are given.</summary>
    public RawReference Table(double[][] probabilities, double[]? values = null) =>
        new(
            (_, observations, starts, _, distributions, worth) =>
            {
                for (int row = 0; row < starts.Length; row++)
                {
                    var state = (int)observations[row * 2];
                    for (int action = 0; action < _actions; action++)
                    {
                        distributions[row * _actions + action] = (float)Math.Log(probabilities[state][action]);
                    }
                    worth[row] = (float)(values?[state] ?? 0);
                }
            },
            0,
            Spec.Distribution,
            new UniformReferenceSettings { UniformShare = 0 },
            new ReferenceContext(Run(1), new SeedSequence(1), "teacher")
        );

    /// <summary>Advantages after a stage, <c>[T, B]</c>.</summary>
    public float[] Advantages(
        double[] logits,
        IBatchStage? stage,
        float discount,
        float lambda,
        double[]? values = null,
        VTraceClips? clips = null
    )
    {
        using var network = new ProgramNetwork(Spec, Parameters(logits, values));
        return [.. Prepared(network, stage, discount, lambda, clips).Advantages];
    }

    /// <summary>Rewards after a stage, <c>[T, B]</c>.</summary>
    public float[] Rewards(double[] logits, IBatchStage stage, float discount)
    {
        using var network = new ProgramNetwork(Spec, Parameters(logits, null));
        return Prepared(network, stage, discount, 1).Batch[Column.Rewards][..(_unroll.Steps * _unroll.Copies)];
    }

    /// <summary>The expected gradient of the loss in each logit, <c>[S, A]</c>: Σ over the steps of a trajectory.</summary>
    /// <param name="logits"><c>[S, A]</c>.</param>
    /// <param name="stage">What changes the batch; null for nothing.</param>
    /// <param name="objectives">Losses beside the policy gradient.</param>
    /// <param name="discount">γ.</param>
    /// <param name="lambda">λ.</param>
    /// <param name="values">V of each state; null for 0.</param>
    public double[] Gradient(
        double[] logits,
        IBatchStage? stage,
        IEnumerable<Objective> objectives,
        float discount = 1,
        float lambda = 1,
        double[]? values = null
    )
    {
        using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, Spec, Parameters(logits, values));
        UnrollEvaluator batch = Prepared(engine.Network, stage, discount, lambda);
        Objective[] all = [new PolicyGradientObjective(), .. objectives, new Weighted()];
        int rows = _unroll.Steps * _unroll.Copies;
        Batch minibatch = Minibatch.Create(Spec, all, rows);
        minibatch.Gather(batch.Batch, [.. Enumerable.Range(0, rows)]);
        Spec.Plan.Features.EncodeRows(batch.Observations.AsSpan(0, rows * 2), minibatch[Column.Features(Spec)]);
        for (int row = 0; row < rows; row++)
        {
            minibatch[Column.SampleWeights][row] = _weights[row % _unroll.Copies];
        }
        engine.Use(all);
        engine.Backward(minibatch, 0, new double[all.Length], new float[rows]);
        var gradient = new double[_states * _actions];
        ReadOnlySpan<float> weights = new ParameterLayout(Spec)["actor.head.weight"].In((ReadOnlySpan<float>)engine.Gradient);
        for (int i = 0; i < gradient.Length; i++)
        {
            gradient[i] = weights[i % _actions * (_states + 1) + i / _actions] * _unroll.Steps;
        }
        return gradient;
    }

    /// <summary>Lets a stage learn from the trajectories, and gives what it had to tell.</summary>
    public IReadOnlyDictionary<string, double> Learn(double[] logits, IBatchStage stage)
    {
        using var network = new ProgramNetwork(Spec, Parameters(logits, null));
        var metrics = new MetricAverages();
        var batch = new UnrollEvaluator(network, [stage]);
        batch.Load(_unroll);
        batch.Evaluate();
        stage.Prepare(batch, metrics);
        stage.Learn(batch, 0, metrics);
        var means = new List<Metric>();
        metrics.Drain(means);
        return means.ToDictionary(metric => metric.Tag, metric => metric.Value);
    }

    private UnrollEvaluator Prepared(
        IActorCriticNetwork network,
        IBatchStage? stage,
        float discount,
        float lambda,
        VTraceClips? clips = null
    )
    {
        var batch = new UnrollEvaluator(network, stage is null ? null : [stage]);
        batch.Load(_unroll);
        batch.Evaluate();
        stage?.Prepare(batch, new MetricAverages());
        batch.Estimate(discount, lambda, clips);
        stage?.Correct(batch);
        return batch;
    }

    private float[] Parameters(double[] logits, double[]? values)
    {
        var layout = new ParameterLayout(Spec);
        var parameters = new float[layout.Count];
        Span<float> policy = layout["actor.head.weight"].In((Span<float>)parameters);
        for (int i = 0; i < logits.Length; i++)
        {
            policy[i % _actions * (_states + 1) + i / _actions] = (float)logits[i];
        }
        Span<float> critic = layout["critic.head.weight"].In((Span<float>)parameters);
        for (int state = 0; values is not null && state < _states; state++)
        {
            critic[state] = (float)values[state];
        }
        return parameters;
    }

    // Makes samples count by their weights, and adds nothing.
    private sealed class Weighted : Objective
    {
        public override string Name => "weighted";

        public override IReadOnlyList<Column> Reads => [Column.SampleWeights];

        public override Value Weight(NetworkEvaluation evaluation) => evaluation.Graph.Constant(0);

        public override Value Loss(NetworkEvaluation evaluation) => evaluation.Mean(evaluation.Entropy);
    }
}
