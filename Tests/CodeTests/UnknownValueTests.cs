using System.Collections;
using System.Reflection;
using Actors;
using Agents.Networks;
using Agents.Networks.Cores.Transformers;
using Agents.Networks.Encoders;
using Agents.Policies.Acting;
using Agents.Programs;
using Agents.Yaml;
using Benchmarks;
using Environments;
using Environments.GridWorld;
using Environments.Memory.Bandits;
using Environments.MinAtar;
using Environments.Naming;
using Environments.Randomness;
using Environments.Spaces;
using Environments.Wrappers;
using Learners.A2c;
using Learners.ActorCritic;
using Learners.Composition;
using Learners.Configuration;
using Learners.Engines;
using Learners.Models;
using Learners.Optimizers.Kfac;
using Learners.Ppo;
using Studies.Claims;
using Studies.Reports;
using Studies.Statistics;
using Tests.LearnerTests.Composition;
using Tests.LearnerTests.Engines;
using Xunit;

namespace Tests.CodeTests;

/// <summary>A value that no enum or list of names knows is refused, and never taken for another.</summary>
public sealed class UnknownValueTests
{
    private const int Unknown = 99;

    private static readonly Box Vector = new(-1, 1, 3);

    private static Dictionary<string, Action> Entries { get; } =
        new()
        {
            ["core"] = () => _ = new ParameterLayout(Spec(new() { Core = "unknown" })),
            ["network form"] = () => _ = new NetworkGraph(Spec(new() { Core = "lstm" }), new Graph(), (NetworkForm)Unknown),
            ["network form: no memory"] = () => _ = new NetworkGraph(Spec(new()), new Graph(), (NetworkForm)Unknown),
            ["encoder"] = () => _ = Spec(new() { Encoder = (EncoderKind)Unknown }).Plan,
            ["activation: managed"] = () => Forward(EngineKind.Managed, new() { Activation = (Activation)Unknown }),
            ["activation: torch"] = () => Forward(EngineKind.Torch, new() { Activation = (Activation)Unknown }),
            ["gate: shape"] = () => GateShape.Of((GateKind)Unknown),
            ["gate: bias"] = () => _ = new TransformerSettings { Gate = (GateKind)Unknown }.InitialGateBias,
            ["gate"] = () => _ = new Gate((GateKind)Unknown, 2, 0).Join(null!, null!, null!),
            ["norm"] = () => _ = new TransformerSettings { Norm = (NormPlacement)Unknown }.NormalizesFirst,
            ["engine: gradients"] = () => GradientEngines.Create((EngineKind)Unknown, Spec(new()), Parameters(Spec(new()))),
            ["engine: benchmarks"] = () => NetworkBenchmarks.Forward((EngineKind)Unknown, NetworkBenchmarks.Kind.Vector, rows: 1),
            ["network of a benchmark"] = () =>
                NetworkBenchmarks.Forward(EngineKind.Managed, (NetworkBenchmarks.Kind)Unknown, rows: 1),
            ["agent of a benchmark"] = () =>
                NetworkBenchmarks.Update(EngineKind.Managed, NetworkBenchmarks.Kind.Vector, "sarsa", samples: 8),
            ["engine: learner"] = () => Learner(new() { Agent = new PpoSettings(), Engine = (EngineKind)Unknown }),
            ["optimizer"] = () => SettingsSources.Load("CartPole-v1", "ppo", null, ["ppo.optimizer=unknown"]),
            ["optimizer wrapper"] = () => SettingsSources.Load("CartPole-v1", "ppo", null, ["ppo.optimizer_wrappers.unknown={}"]),
            ["parameter map"] = () => SettingsSources.Load("CartPole-v1", "ppo", null, ["ppo.parameter_maps.unknown={}"]),
            ["auxiliary part"] = () => SettingsSources.Load("CartPole-v1", "ppo", null, ["ppo.auxiliary.unknown={}"]),
            ["role of parameters"] = () => AnyModel().Parameters((ParameterRole)Unknown),
            ["agent"] = () => AgentRegistry.Default.Find("sarsa"),
            ["agent: settings"] = () => new TrainingSettings { Agent = new PpoSettings() }.Of<A2cSettings>(),
            ["schedule"] = () => _ = new ScheduleKind("unknown"),
            ["schedule: setting"] = () =>
                SettingsSources.Load("CartPole-v1", "ppo", null, ["ppo.learning_rate_schedule=unknown"]),
            ["kfac: bias"] = () => Kfac(new() { Bias = (BiasKind)Unknown }),
            ["kfac: shared uses"] = () => Kfac(new() { SharedUses = (SharedUses)Unknown }),
            ["kfac: trust region"] = () => Kfac(new() { TrustRegion = (TrustRegionScope)Unknown }),
            ["kfac: damping"] = () => Kfac(new() { DampingKind = (DampingKind)Unknown }),
            ["acting policy"] = () => ActingPolicies.Find("unknown"),
            ["element type"] = () => _ = new Box(0, 1, 2) { ElementType = (ElementType)Unknown },
            ["overlap"] = () =>
                EnvironmentParts.ForTraining(
                    EnvironmentRegistry.Default,
                    "CartPole-v1",
                    2,
                    1,
                    (OverlapMode)Unknown,
                    new WrapperSettings(),
                    0.9f
                ),
            ["autoreset"] = () => ((AutoresetMode)Unknown).ResetsLater(),
            ["effect"] = () => ((EffectKind)Unknown).IsRatio(),
            ["expectation"] = () => ((Expectation)Unknown).IsAbove(),
            ["statistic"] = () => SampleStatistics.Of((Statistic)Unknown, [1, 2]),
            ["statistic: word"] = () => FigureText.Word((Statistic)Unknown),
            ["metric"] = () => _ = new ClaimMeasure { Metric = (MetricKind)Unknown }.SeedStatistic,
            ["metric: words"] = () => FigureText.Metric(new ClaimMeasure { Metric = (MetricKind)Unknown }, new ClaimTask()),
            ["verdict"] = () => ((Verdict)Unknown).InWords(),
            ["budget: steps"] = () => new ClaimTask().StepsOf((ReproductionBudget)Unknown),
            ["budget: seeds"] = () => new Claim().SeedsOf((ReproductionBudget)Unknown),
            ["bandit"] = () => _ = new Bandit((BanditFamily)Unknown, trials: 1),
            ["door"] = () => Cell.Door(CellColour.Red, (DoorState)Unknown),
            ["action: asterix"] = () => Play(new Asterix()),
            ["action: breakout"] = () => Play(new Breakout()),
            ["action: freeway"] = () => Play(new Freeway()),
            ["action: seaquest"] = () => Play(new Seaquest()),
            ["action: space invaders"] = () => Play(new SpaceInvaders()),
            ["lane: a number"] = () => RemoteId.Parse("gym:CartPole-v1?lane=-1"),
            ["lane: two"] = () => RemoteId.Parse("gym:CartPole-v1?lane=messages,shm"),
        };

    public static TheoryData<string> Names => [.. Entries.Keys];

    public static TheoryData<string> Settings =>
        [
            .. AgentRegistry.Default.Agents.SelectMany(agent =>
                Words(new TrainingSettings { Agent = agent.Defaults }, "").Select(path => $"{agent.Name}: {path}")
            ),
        ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Entry_UnknownValue_Throws(string name)
    {
        Exception exception = Assert.ThrowsAny<Exception>(Entries[name]);

        Assert.True(exception is InvalidOperationException or ArgumentException or SettingsException, $"{exception}");
        Assert.IsNotType<ObjectDisposedException>(exception);
    }

    [Theory]
    [MemberData(nameof(Settings))]
    public void Validate_UnknownValueOfASetting_NamesTheKey(string place)
    {
        (string agent, string path) = (place.Split(": ")[0], place.Split(": ")[1]);
        var settings = new TrainingSettings { Agent = AgentRegistry.Default.Find(agent).Defaults };
        object owner = settings;
        string[] names = path.Split('.');
        foreach (string name in names[..^1])
        {
            owner = owner.GetType().GetProperty(name)!.GetValue(owner)!;
        }
        PropertyInfo word = owner.GetType().GetProperty(names[^1])!;
        Type type = Nullable.GetUnderlyingType(word.PropertyType) ?? word.PropertyType;
        word.SetValue(owner, Enum.ToObject(type, Unknown));

        SettingsException exception = Assert.Throws<SettingsException>(() => StrictYaml.Validate(settings, "", "settings"));

        Assert.Contains($" is {Unknown}, but must be one of ", exception.Message, StringComparison.Ordinal);
    }

    private static Model AnyModel()
    {
        NetworkSpec spec = Spec(new());
        var random = new Pcg64(1);
        return new Model(GradientEngines.Create(EngineKind.Managed, spec, Parameters(spec)), new ModelSettings(), ref random);
    }

    private static IEnumerable<string> Words(object record, string path)
    {
        foreach (PropertyInfo property in record.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            Type inner = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            if (!property.CanWrite)
            {
                continue;
            }
            if (inner.IsEnum)
            {
                yield return path + property.Name;
            }
            else if (
                inner.IsClass
                && inner != typeof(string)
                && !inner.IsAssignableTo(typeof(IEnumerable))
                && property.GetValue(record) is { } member
            )
            {
                foreach (string word in Words(member, $"{path}{property.Name}."))
                {
                    yield return word;
                }
            }
        }
    }

    private static NetworkSpec Spec(NetworkSettings settings) => new(Vector, new Discrete(2), settings);

    private static float[] Parameters(NetworkSpec spec) => GC.AllocateArray<float>(new ParameterLayout(spec).Count, pinned: true);

    private static void Forward(EngineKind engine, NetworkSettings settings)
    {
        NetworkSpec spec = Spec(settings);
        using IGradientEngine gradients = GradientEngines.Create(engine, spec, Parameters(spec));
        gradients.Network.Unroll(1, [0, 0, 0], [true], [], new float[2], new float[1]);
    }

    private static void Learner(TrainingSettings settings) =>
        NoExperience.Learner(settings, Spec(new()), new SeedSequence(1)).Dispose();

    private static void Kfac(KfacSettings options)
    {
        NetworkSpec spec = Spec(new());
        var kfac = new Kfac(new ParameterLayout(spec), options with { ColdUpdates = 0 }, new Pcg64(1));
        using IGradientEngine engine = GradientEngines.Create(EngineKind.Managed, spec, Parameters(spec));
        var batch = new SampleBatch(spec, 4);
        engine.Use([new EntropyObjective(1)]);
        engine.Backward(batch, 0, new double[1], new float[4], kfac.BeginUpdate());
        kfac.Update(engine.Parameters, engine.Gradient, 0.1f);
    }

    private static void Play<TGame>(TGame game)
        where TGame : IMinAtarGame
    {
        var random = new Pcg64(1);
        game.Reset(ref random);
        game.Step((MinAtarAction)Unknown, ref random);
    }
}
