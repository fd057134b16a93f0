using Agents.Distributions;
using Agents.Networks;
using Agents.Networks.Encoders;
using Agents.Programs;
using Agents.Yaml;
using Environments.Randomness;
using Environments.State;
using Environments.Wrappers;
using Learners.Batches;
using Learners.Engines;
using Learners.Metrics;
using Learners.Models;
using Learners.Objectives;
using Learners.Stages;

namespace Learners.Auxiliary;

/// <summary>
/// Pays each step for how well its skill z can be read off the observation that it led to, and learns to read it: "diversity is all you need"
/// (Eysenbach et al. 2018, arXiv 1802.06070). Owns the discriminator.
/// </summary>
/// <remarks>
/// r = log q(z | s′) − log p(z) with the uniform p(z) = 1 / K, so 0 where s′ says nothing and at most log K; its mean is a lower bound of the
/// information I(S; Z). The discriminator q reads what the environment shows, neither the skill nor the previous action. All of an unroll is paid by the q before
/// it, once, and q learns from it afterwards, so that every pass of the agent sees the same rewards. The paper learns off its policy and pays the
/// state before the action; here it is the one that the action caused.
/// </remarks>
internal sealed class DiaynStage : IBatchStage
{
    private const string Head = "skill";
    private const string RewardTag = "diayn/reward";
    private const string AccuracyTag = "diayn/accuracy";
    private const string LastAccuracyTag = "diayn/last_accuracy";
    private const string LossTag = "diayn/loss";

    private readonly DiaynSettings _settings;
    private readonly SkillSpace _skills;
    private readonly int _observationSize;
    private readonly NetworkSpec _spec;
    private readonly Model _discriminator;
    private readonly Batch _minibatch;
    private readonly Column _skill;
    private readonly double[] _losses = new double[1];
    private Pcg64 _random;
    private int[] _order = []; // [N], rows as they are shuffled
    private int[] _skillOf = []; // [N]
    private float[] _next = []; // [N, ObservationSize], whole rows as the agent reads them
    private float[] _environment = []; // [N, F], what the environment shows of them
    private float[] _inputs = []; // [N, FeatureSize]
    private float[] _logits = []; // [N, K]
    private float[] _logProbs = []; // [N, K]
    private float[] _probabilities = []; // [N, K]

    /// <summary>A stage before its first unroll.</summary>
    /// <param name="settings">Sizes and weights.</param>
    /// <param name="context">The run; observations are those of its network.</param>
    /// <exception cref="SettingsException">The observations show no skill, or not what the discriminator is to read.</exception>
    public DiaynStage(DiaynSettings settings, AuxiliaryContext context)
    {
        _settings = settings;
        NetworkSpec agent = context.Run.Network;
        _skills =
            SkillSpace.Find(agent.ObservationSpace)
            ?? throw new SettingsException(
                $"{settings.Name} tells skills apart, and the agent is shown {agent.ObservationSpace} without one. Set wrappers.skills to 2 or more."
            );
        _observationSize = agent.ObservationSize;
        _spec = SpecOf(settings, agent, _skills);
        try
        {
            _ = _spec.Plan;
        }
        catch (SettingsException exception)
        {
            throw new SettingsException($"{settings.Name}: of its discriminator, {exception.Message}", exception);
        }
        var initial = new Pcg64(context.Seed.Child(0));
        IGradientEngine engine = GradientEngines.Create(
            context.Run.Settings.Engine,
            _spec,
            ParameterInitializer.Create(new ParameterLayout(_spec), ref initial)
        );
        _random = new Pcg64(context.Seed.Child(1));
        _discriminator = new Model(engine, new ModelSettings(), ref _random);
        _skill = new Column($"{Name}.skill", 1, RowSpace.Rows);
        var objective = new SkillObjective(_skill);
        _discriminator.Use([objective]);
        _minibatch = Minibatch.Create(
            _spec,
            [objective],
            Math.Min(settings.BatchSize, context.Run.Settings.Agent.StepsPerUnroll)
        );
    }

    /// <inheritdoc/>
    public string Name => _settings.Name;

    /// <inheritdoc/>
    public IReadOnlyList<Column> Writes { get; } = [Column.Rewards];

    /// <inheritdoc/>
    public IReadOnlyList<string> Tags => [RewardTag, AccuracyTag, LastAccuracyTag, LossTag];

    /// <summary>The reward of one step: how much more probable its skill is than before anything was seen, in nats.</summary>
    /// <param name="logProbs">log q of every skill, <c>[K]</c>.</param>
    /// <param name="skill">The step's own.</param>
    /// <param name="lowest">Least reward.</param>
    public static float RewardOf(ReadOnlySpan<float> logProbs, int skill, float lowest) =>
        MathF.Max(lowest, logProbs[skill] + MathF.Log(logProbs.Length));

    /// <inheritdoc/>
    public void Prepare(UnrollEvaluator unroll, MetricAverages metrics)
    {
        int rows = unroll.Batch.Count;
        int count = _skills.Count;
        Grow(rows);
        Read(unroll, rows);
        int logits = rows * count;
        _discriminator.Network.UnrollHeads(
            1,
            _environment.AsSpan(0, rows * _skills.Offset),
            [],
            [],
            [new HeadRows(Head, _logits)]
        );
        Agents.Kernels.LogSoftmax.Rows(_logits.AsSpan(0, logits), _logProbs, _probabilities, count);
        Span<float> rewards = unroll.Batch[Column.Rewards].AsSpan(0, rows);
        (double sum, int right, int last, int lastRight) = (0, 0, 0, 0);
        for (int row = 0; row < rows; row++)
        {
            ReadOnlySpan<float> logProbs = _logProbs.AsSpan(row * count, count);
            float reward = RewardOf(logProbs, _skillOf[row], _settings.LowestReward);
            // Added like what other stages write, which therefore stays; only the task's own share goes.
            rewards[row] += (_settings.TaskWeight - 1) * unroll.Unroll.Rewards[row] + reward;
            sum += reward;
            int isRight = IsMostProbable(logProbs, _skillOf[row]) ? 1 : 0;
            right += isRight;
            if (unroll.Unroll.Terminated[row] | unroll.Unroll.Truncated[row])
            {
                last++;
                lastRight += isRight;
            }
        }
        metrics.Add(RewardTag, sum / rows);
        metrics.Add(AccuracyTag, (double)right / rows);
        if (last > 0)
        {
            metrics.Add(LastAccuracyTag, (double)lastRight / last);
        }
    }

    /// <inheritdoc/>
    public void Learn(UnrollEvaluator unroll, double progress, MetricAverages metrics)
    {
        int rows = unroll.Batch.Count;
        int size = _spec.FeatureSize;
        Span<int> order = _order.AsSpan(0, rows);
        double loss = 0;
        int steps = 0;
        for (int epoch = 0; epoch < _settings.Epochs; epoch++)
        {
            for (int row = 0; row < rows; row++)
            {
                order[row] = row;
            }
            _random.Shuffle(order);
            // What is left over at the end of an unroll waits for no other: the last step takes the rows that end with the last one.
            for (int first = 0; first < rows; first += _minibatch.Count)
            {
                int from = Math.Min(first, rows - _minibatch.Count);
                Span<float> features = _minibatch[Column.Features(_spec)];
                Span<float> skills = _minibatch[_skill];
                for (int i = 0; i < _minibatch.Count; i++)
                {
                    int row = order[from + i];
                    _inputs.AsSpan(row * size, size).CopyTo(features[(i * size)..]);
                    skills[i] = _skillOf[row];
                }
                _discriminator.Gradient(_minibatch, progress, _losses, []);
                _discriminator.Clip();
                _discriminator.Step(_settings.LearningRate);
                loss += _losses[0];
                steps++;
            }
        }
        metrics.Add(LossTag, loss / steps);
    }

    /// <inheritdoc/>
    public void SaveState(StateDictionary state)
    {
        _discriminator.SaveState(state.Scope("discriminator"));
        state.Set("random", _random);
    }

    /// <inheritdoc/>
    public void LoadState(StateDictionary state)
    {
        _discriminator.LoadState(state.Scope("discriminator"));
        _random = state.Get<Pcg64>("random");
    }

    /// <inheritdoc/>
    public void Dispose() => _discriminator.Dispose();

    // Images are convolved as the agent convolves them; a view may leave them out.
    private static NetworkSpec SpecOf(DiaynSettings settings, NetworkSpec agent, SkillSpace skills)
    {
        NetworkSettings own = agent.Settings;
        bool likeAgent = agent.Plan.Convolves && settings.View is null;
        return NetworkSpec.WithoutPolicy(
            skills.Environment,
            new NetworkSettings
            {
                Encoder = likeAgent ? own.Encoder : EncoderKind.Auto,
                Convolutions = likeAgent ? own.Convolutions : null,
                View = settings.View,
                HiddenSizes = settings.HiddenSizes,
                Activation = Activation.Relu,
                Heads = [new HeadSettings { Name = Head, Size = skills.Count }],
            }
        );
    }

    private static bool IsMostProbable(ReadOnlySpan<float> logProbs, int skill)
    {
        for (int other = 0; other < logProbs.Length; other++)
        {
            if (other != skill && logProbs[other] >= logProbs[skill])
            {
                return false;
            }
        }
        return true;
    }

    private void Read(UnrollEvaluator unroll, int rows)
    {
        int size = _skills.Offset;
        unroll.ReadNextInputs(_next);
        for (int row = 0; row < rows; row++)
        {
            _skillOf[row] = _skills.SkillOf(unroll.Observations.AsSpan(row * _observationSize, _observationSize));
            _next.AsSpan(row * _observationSize, size).CopyTo(_environment.AsSpan(row * size, size));
        }
        _spec.Plan.Features.EncodeRows(_environment.AsSpan(0, rows * size), _inputs);
    }

    private void Grow(int rows)
    {
        if (_skillOf.Length >= rows)
        {
            return;
        }
        _order = new int[rows];
        _skillOf = new int[rows];
        _next = new float[rows * _observationSize];
        _environment = new float[rows * _skills.Offset];
        _inputs = new float[rows * _spec.FeatureSize];
        _logits = new float[rows * _skills.Count];
        _logProbs = new float[_logits.Length];
        _probabilities = new float[_logits.Length];
    }

    /// <summary>Cross-entropy of the skills, −log q(z | s′).</summary>
    private sealed class SkillObjective(Column skill) : Objective
    {
        public override string Name => "skill_loss";

        public override IReadOnlyList<Column> Reads => [skill];

        public override Value Loss(NetworkEvaluation evaluation) =>
            -Categorical.LogProbOf(evaluation[Head], evaluation[skill]).Mean();
    }
}
