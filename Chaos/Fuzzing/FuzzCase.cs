using System.Globalization;
using Agents.Files;
using Agents.Networks;
using Agents.Policies;
using Agents.Yaml;
using Environments;
using Environments.Randomness;
using Environments.Spaces;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using YamlDotNet.RepresentationModel;

namespace Chaos.Fuzzing;

/// <summary>Drawn settings of a drawn environment, and what a short run with them does. The same seed draws the same case.</summary>
internal sealed class FuzzCase
{
    private const string Id = "Fuzz/Drawn-v0";
    private const double WrongShare = 0.25;
    private static readonly string[] Needy = [".path", ".weights_sha256", ".saved", ".planned", ".exact_value"];
    private const double ForeignShare = 0.03;
    private const double LooseShare = 0.15;
    private const int Tries = 50;
    private const int MaxUpdates = 2;
    private const long MemoryLimit = 1 << 27;
    private const double MaxWork = 3e8; // multiplications

    // The last resort against a run that never ends; nothing that a case does takes a second.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Space _observations;
    private readonly Space _actions;
    private readonly YamlMappingNode _given;
    private readonly EnvironmentRegistry _registry = EnvironmentRegistry.Default.Copy();

    /// <summary>Draws a case.</summary>
    /// <param name="seed">Everything follows from it.</param>
    /// <param name="engines">Engines that may be drawn.</param>
    public FuzzCase(ulong seed, params IReadOnlyList<EngineKind> engines)
    {
        Seed = seed;
        var random = new Pcg64(seed);
        Agent agent = AgentRegistry.Default.Agents.ElementAt(random.NextInt(0, AgentRegistry.Default.Agents.Count));
        Agent = agent.Name;
        _observations = SpaceDraw.Observations(ref random);
        _actions = SpaceDraw.Actions(ref random);
        _registry.Register(Id, () => new DrawnEnvironment(_observations, _actions));
        double share = random.NextDouble();
        // Keys that are possible each by itself often do not fit together; most cases are drawn again until they do.
        int tries = share < LooseShare ? 1 : Tries;
        SettingsDraw draw;
        do
        {
            draw = new SettingsDraw(new Pcg64(random.NextUInt64()), IsLeft);
            _given = draw.Draw(new TrainingSettings { Agent = agent.Defaults });
            Complete(engines[random.NextInt(0, engines.Count)], random.NextInt(1, 200));
        } while (--tries > 0 && !FitsTogether());
        if (share > 1 - WrongShare)
        {
            Wrong = draw.Spoil(_given);
        }
        else if (share > 1 - WrongShare - ForeignShare)
        {
            string other = AgentRegistry.Default.Names.First(name => name != Agent);
            _given.Children[other] = new YamlMappingNode("learning_rate", "0.01");
            Wrong = $"{other}.learning_rate=0.01";
        }
    }

    /// <summary>Draws this case again.</summary>
    public ulong Seed { get; }

    /// <summary>The agent.</summary>
    public string Agent { get; }

    /// <summary>What was made wrong, as key and value; null where nothing was.</summary>
    public string? Wrong { get; }

    /// <summary>Why it failed or was refused; empty where it did neither.</summary>
    public string Failure { get; private set; } = "";

    /// <summary>The case in words, with its settings as YAML.</summary>
    public override string ToString() =>
        $"seed {Seed}: {Agent} on {_observations} → {_actions}{(Wrong is null ? "" : $", wrong: {Wrong}")}\n{StrictYaml.Write(_given)}";

    /// <summary>Trains for an update or two.</summary>
    /// <param name="folder">Where the run writes; deleted afterwards.</param>
    /// <param name="cancellationToken">Ends the waiting for it.</param>
    public async Task<FuzzOutcome> RunAsync(string folder, CancellationToken cancellationToken)
    {
        try
        {
            FuzzOutcome outcome = await Task.Run(() => TrainAsync(folder), cancellationToken)
                .WaitAsync(Patience, cancellationToken)
                .ConfigureAwait(false);
            if (outcome != FuzzOutcome.Refused && Wrong is not null)
            {
                return Fail($"a wrong value was taken: {Wrong}");
            }
            Directory.Delete(folder, recursive: true);
            return outcome;
        }
        catch (Exception exception) when (exception is SettingsException or PolicyFormatException)
        {
            Failure = exception.Message;
            AtomicFolder.TryDelete(folder);
            return FuzzOutcome.Refused;
        }
        catch (TrainingDivergedException)
        {
            AtomicFolder.TryDelete(folder);
            return FuzzOutcome.Diverged;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return Fail(exception is TimeoutException ? $"no end within {Patience}" : exception.ToString());
        }
    }

    // What says where the run is, and keeps it short.
    private void Complete(EngineKind engine, int steps)
    {
        _given.Children["environment"] = Id;
        _given.Children["agent"] = Agent;
        _given.Children["engine"] = engine.ToString().ToLowerInvariant();
        _given.Children["total_steps"] = steps.ToString(CultureInfo.InvariantCulture);
        if (!_given.Children.TryGetValue("evaluation", out YamlNode? evaluation))
        {
            _given.Children["evaluation"] = evaluation = new YamlMappingNode();
        }
        foreach (string key in (string[])["episodes", "final_episodes"])
        {
            ((YamlMappingNode)evaluation).Children[key] = "3";
        }
    }

    private bool FitsTogether()
    {
        try
        {
            TrainingSettings settings = SettingsSources.Load(null, null, _given, null, AgentRegistry.Default);
            _ = new NetworkSpec(_observations, _actions, settings.Network).Plan;
            return true;
        }
        catch (SettingsException)
        {
            return false;
        }
    }

    private async Task<FuzzOutcome> TrainAsync(string folder)
    {
        TrainingSettings settings = SettingsSources.Load(null, null, _given, null, AgentRegistry.Default);
        using var enough = new CancellationTokenSource();
        bool steps = Work(settings) < MaxWork;
        if (!steps)
        {
            await enough.CancelAsync().ConfigureAwait(false);
        }
        var options = new TrainingOptions
        {
            OutputFolder = folder,
            Registry = _registry,
            MemoryLimit = MemoryLimit,
            Progress = new Updates(enough),
        };
        await Trainer.TrainAsync(settings, options, enough.Token).ConfigureAwait(false);
        return steps ? FuzzOutcome.Trained : FuzzOutcome.Started;
    }

    // Tells runs that take long from those that do not; what is refused anyway takes no time.
    private double Work(TrainingSettings settings)
    {
        ParameterLayout layout;
        try
        {
            layout = new ParameterLayout(new NetworkSpec(_observations, _actions, settings.Network));
        }
        catch (Exception exception) when (exception is SettingsException or NotSupportedException)
        {
            return 0;
        }
        double perSample = layout.Count + (double)settings.Network.Transformer.Layers * settings.Network.Transformer.MemoryLength;
        double episodes = settings.Wrappers.NoopMax + settings.Wrappers.FrameSkip;
        perSample += episodes * _observations.Size;
        return settings.Agent.StepsPerUnroll * perSample + settings.Agent.WorkOf(perSample, layout);
    }

    private FuzzOutcome Fail(string failure)
    {
        Failure = failure;
        return FuzzOutcome.Failed;
    }

    // What the case sets itself, what needs files that are not there, and what only tasks with exact dynamics have.
    private static bool IsLeft(string key) =>
        key is "environment" or "total_steps" or "engine" or "initial_policy" or "unrolls_from"
        || Needy.Any(part => key.EndsWith(part, StringComparison.Ordinal));

    private sealed class Updates(CancellationTokenSource enough) : IProgress<TrainingProgress>
    {
        private int _count;

        public void Report(TrainingProgress value)
        {
            if (++_count >= MaxUpdates && value.EnvironmentSteps < value.TotalSteps)
            {
                enough.Cancel();
            }
        }
    }
}
