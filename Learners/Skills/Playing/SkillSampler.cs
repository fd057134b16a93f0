using Actors;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Learners.Auxiliary;
using Learners.Evaluation;

namespace Learners.Skills;

/// <summary>Plays a skill from a reset on, then explores from where it came to, and keeps what was seen.</summary>
internal sealed class SkillSampler
{
    private const int UsualSkillSteps = 200;
    private const int UsualExplorationSteps = 50;

    // A quarter of what one array can hold.
    private const double MostNumbers = 5e8;

    private readonly SampleSettings _settings;
    private readonly float _largest;
    private readonly RewardedObservation _reads;
    private readonly int _skillSteps;
    private readonly int _explorationSteps;

    /// <summary>A sampler of a discovery.</summary>
    /// <param name="settings">How long, and what is kept.</param>
    /// <param name="reward">How much is paid, and for what.</param>
    /// <param name="limit">Steps of an episode, at most; null for no limit.</param>
    public SkillSampler(SampleSettings settings, RewardTrainingSettings reward, int? limit)
    {
        _settings = settings;
        (_largest, _reads) = (reward.Target, reward.Reads);
        _skillSteps = settings.SkillSteps > 0 ? settings.SkillSteps : Math.Max(1, limit * 4 / 5 ?? UsualSkillSteps);
        _explorationSteps =
            settings.ExplorationSteps > 0 ? settings.ExplorationSteps : Math.Max(1, limit / 5 ?? UsualExplorationSteps);
    }

    /// <summary>Steps in which the skill acts.</summary>
    public int SkillSteps => _skillSteps;

    /// <summary>Environment steps of a copy in a round.</summary>
    public int Steps => _skillSteps + _explorationSteps;

    /// <summary>Refuses more samples than memory and files can take, before anything is learned.</summary>
    /// <param name="observationSize">Numbers of an observation.</param>
    /// <exception cref="SettingsException">There would be too many.</exception>
    public void RequireRoom(int observationSize)
    {
        double rows =
            (double)_settings.Copies * _settings.Repetitions * (_skillSteps * _settings.NegativeShare + _explorationSteps + 1);
        double numbers = rows * observationSize;
        if (numbers > MostNumbers)
        {
            throw new SettingsException(
                $"A round of samples would keep about {numbers:0.#E0} numbers ({_settings.Copies} copies, {_skillSteps} steps of a skill and {_explorationSteps} of exploration, observations of {observationSize}), and at most {MostNumbers:0.#E0} are possible. Lower samples.copies, samples.skill_steps, samples.exploration_steps or samples.negative_share."
            );
        }
    }

    /// <summary>Plays.</summary>
    /// <param name="policy">The skill.</param>
    /// <param name="network">What it was paid by.</param>
    /// <param name="registry">Where its environment is looked up.</param>
    /// <param name="seed">Seed of environments and actions.</param>
    /// <param name="cancellationToken">Stops with <see cref="OperationCanceledException"/>.</param>
    public SkillSamples Play(
        SavedPolicy policy,
        RewardNetwork network,
        EnvironmentRegistry registry,
        SeedSequence seed,
        CancellationToken cancellationToken
    )
    {
        using EnvironmentPipeline pipeline = Evaluator.CreatePipeline(
            policy,
            policy.Info.Environment,
            _settings.Copies,
            int.MaxValue,
            registry
        );
        var kept = new Kept(new StateCells(policy.ObservationSpace, _settings));
        for (int i = 0; i < _settings.Repetitions; i++)
        {
            Play(pipeline.Environment, policy, network, seed.Child((uint)i), kept, cancellationToken);
        }
        return kept.ToSamples();
    }

    private void Play(
        IBatchedEnvironment environment,
        SavedPolicy policy,
        RewardNetwork network,
        SeedSequence seed,
        Kept kept,
        CancellationToken cancellationToken
    )
    {
        int size = policy.ObservationSpace.Size;
        int copies = environment.Count;
        var round = new Round(copies, size, _settings.Tracks);
        environment.Reset(seed.Child(0).GenerateSeed());
        var skill = new PolicySession(policy, copies, new Pcg64(seed.Child(1)), policy.Acting, values: false);
        kept.Visit(environment.Observations, copies, size, _settings.NegativeShare);
        float[] next = environment.Observations.ToArray();
        for (int t = 0; t < _skillSteps; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_reads == RewardedObservation.Before)
            {
                round.Pay(network.Evaluate(environment.Observations, copies), _largest);
            }
            environment.Step(skill.Act(environment.Observations));
            ReadNext(environment, size, next);
            if (_reads == RewardedObservation.Next)
            {
                round.Pay(network.Evaluate(next, copies), _largest);
            }
            round.Step(environment, next);
            kept.Visit(next, copies, size, _settings.NegativeShare);
            skill.StartEpisodes(environment.Terminated, environment.Truncated);
        }
        kept.End(round, next);
        var explored = new bool[copies]; // whether the episode has ended since
        skill.Acting = ExplorationNoise.Instance;
        for (int t = 0; t < _explorationSteps; t++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            environment.Step(skill.Act(environment.Observations));
            ReadNext(environment, size, next);
            for (int copy = 0; copy < copies; copy++)
            {
                ReadOnlySpan<float> row = next.AsSpan(copy * size, size);
                if (!explored[copy])
                {
                    kept.Explore(row, CarriedOut(round, copy));
                }
                explored[copy] |= environment.Terminated[copy] | environment.Truncated[copy];
            }
            skill.StartEpisodes(environment.Terminated, environment.Truncated);
        }
    }

    private bool CarriedOut(Round round, int copy) =>
        (!_settings.RequireAlive || round.Alive[copy])
        && (_settings.RequireReward is not { } least || round.Rewards[copy] > least);

    // What the step led to: where an episode closed, its last observation.
    private static void ReadNext(IBatchedEnvironment environment, int size, float[] next)
    {
        environment.Observations.CopyTo(next);
        for (int copy = 0; copy < environment.Count; copy++)
        {
            if (environment.Terminated[copy] | environment.Truncated[copy])
            {
                environment.FinalObservations.Slice(copy * size, size).CopyTo(next.AsSpan(copy * size));
            }
        }
    }

    /// <summary>Sums of each copy while the skill acts.</summary>
    private sealed class Round(int copies, int size, TrackSettings[] tracks)
    {
        public double[] Rewards { get; } = new double[copies];

        public double[] TaskRewards { get; } = new double[copies];

        public double[] Tracks { get; } = new double[copies * tracks.Length];

        public bool[] Alive { get; } = [.. Enumerable.Repeat(true, copies)];

        public void Pay(ReadOnlySpan<float> said, float largest)
        {
            for (int copy = 0; copy < said.Length; copy++)
            {
                Rewards[copy] += Math.Clamp(said[copy], 0, largest);
            }
        }

        public void Step(IBatchedEnvironment environment, ReadOnlySpan<float> next)
        {
            for (int copy = 0; copy < TaskRewards.Length; copy++)
            {
                if (!Alive[copy])
                {
                    continue;
                }
                TaskRewards[copy] += environment.Rewards[copy];
                for (int i = 0; i < tracks.Length; i++)
                {
                    Tracks[copy * tracks.Length + i] += tracks[i].Factor * (double)next[copy * size + tracks[i].Component];
                }
                Alive[copy] = !(environment.Terminated[copy] | environment.Truncated[copy]);
            }
        }
    }

    /// <summary>What all repetitions give.</summary>
    private sealed class Kept(StateCells cells)
    {
        private readonly SkillSamples _samples = new();
        private readonly List<float> _positives = [];
        private readonly List<float> _negatives = [];
        private readonly List<float> _ends = [];
        private readonly List<Round> _rounds = [];

        public void Visit(ReadOnlySpan<float> rows, int copies, int size, float share)
        {
            cells.Count(rows, _samples.Visits);
            int kept = Math.Max(1, (int)(share * copies));
            _negatives.AddRange(rows[..(kept * size)]);
        }

        public void End(Round round, ReadOnlySpan<float> ends)
        {
            _rounds.Add(round);
            _ends.AddRange(ends);
        }

        public void Explore(ReadOnlySpan<float> row, bool isPositive)
        {
            cells.Count(row, _samples.Visits);
            if (isPositive)
            {
                _positives.AddRange(row);
            }
        }

        public SkillSamples ToSamples()
        {
            _samples.Positives = [.. _positives];
            _samples.Negatives = [.. _negatives];
            _samples.Ends = [.. _ends];
            _samples.Rewards = [.. _rounds.SelectMany(round => round.Rewards)];
            _samples.TaskRewards = [.. _rounds.SelectMany(round => round.TaskRewards)];
            _samples.Tracks = [.. _rounds.SelectMany(round => round.Tracks)];
            return _samples;
        }
    }
}
