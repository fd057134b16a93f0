using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Agents.Networks;
using Agents.Policies;
using Environments;
using Environments.Checking;
using Environments.Randomness;
using Environments.Spaces;
using Fleet.Hosting;
using Fleet.Serving;
using Learners.Composition;
using Learners.Evaluation;
using Learners.Ppo;
using Learners.Training;
using Tests.EnvironmentTests.Checking;
using Tests.EnvironmentTests.Remote;
using Tests.Waits;
using Xunit;

namespace Tests.EnvironmentTests.Zoo;

/// <summary>Odd spaces on all ways that an environment and its policy take.</summary>
public sealed class ZooTests : IDisposable
{
    private static readonly FleetOptions Anywhere = new() { Listen = "http://127.0.0.1:0" };

    private readonly TemporaryFolder _folder = new();
    private readonly EnvironmentRegistry _registry = Animals.Registry();

    public static TheoryData<string> Names => [.. Animals.All.Keys];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public void Check_OddSpace_Passes(string name) =>
        Sound.RequirePassed(EnvironmentChecker.Check($"Zoo/{name}-v0", _registry, new CheckSettings { Steps = 20 }));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task TrainAsync_OddSpace_SavesAPolicyThatLoadsScoresAndIsServed(string name)
    {
        (Space observations, Space actions) = Animals.All[name];
        TrainingResult result = await Trainer.TrainAsync(Settings($"Zoo/{name}-v0"), Options());
        using SavedPolicy policy = SavedPolicy.Load(result.PolicyFolder);
        Assert.Equal((observations, actions), (policy.ObservationSpace, policy.ActionSpace));
        Assert.Equal(3, Evaluator.Evaluate(policy, episodes: 3, registry: _registry).Episodes);

        await using ServiceHost host = await ServiceHost.ServePolicyAsync(policy, "http://127.0.0.1:0", 0, Anywhere);
        using HttpClient http = Deadline.Http();
        http.BaseAddress = new Uri(host.Addresses[0]);
        var observation = new float[observations.Size];
        var random = new Pcg64(5);
        observations.Sample(ref random, observation);
        float[] expected = [.. policy.CreateSession().Act(observation)];
        var question = new JsonObject
        {
            ["observations"] = new JsonArray(new JsonArray([.. observation.Select(value => (JsonNode)value)])),
        };
        using HttpResponseMessage response = await http.PostAsJsonAsync("/v1/act", question);
        string text = await response.Content.ReadAsStringAsync();

        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal(expected, JsonNode.Parse(text)!["actions"]![0]!.AsArray().Select(value => value!.GetValue<float>()));
        Assert.True(actions is Box ? Array.TrueForAll(expected, float.IsFinite) : actions.Contains(expected), text);
    }

    [Fact]
    public async Task ServeEnvironmentAsync_EveryOddSpace_CrossesTheBridgeAndComesBack()
    {
        var hosts = new List<ServiceHost>();
        try
        {
            var addresses = new List<string>();
            foreach (string name in Animals.All.Keys)
            {
                hosts.Add(await ServiceHost.ServeEnvironmentAsync(_registry, $"Zoo/{name}-v0", 8, Anywhere));
                addresses.Add(hosts[^1].Addresses[0]);
                CompareWithServed(name, addresses[^1]);
            }
            string[] lines = PythonRun.Run("import zoo_client", [.. addresses]).Trim().Split('\n');
            Assert.Equal(addresses.Count, lines.Length);
            Assert.All(lines, line => Assert.StartsWith("20 steps", line));
        }
        finally
        {
            foreach (ServiceHost host in hosts)
            {
                await host.DisposeAsync();
            }
        }
    }

    [Theory]
    [InlineData("Zoo/Orders-v0", "There is no policy over Dict")]
    public async Task TrainAsync_SpaceThatNoPolicyTakes_SaysWhy(string id, string expected)
    {
        _registry.Register(
            id,
            () => new Specimen(new Discrete(2), new Dict(KeyValuePair.Create<string, Space>("a", new Discrete(2))))
        );

        Exception exception = await Assert.ThrowsAnyAsync<Exception>(() => Trainer.TrainAsync(Settings(id), Options()));

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    private void CompareWithServed(string name, string address)
    {
        using IBatchedEnvironment native = _registry.Make($"Zoo/{name}-v0", 2);
        using IBatchedEnvironment remote = _registry.Make(
            $"{address.Replace("http://", "grpc://", StringComparison.Ordinal)}/Zoo/{name}-v0",
            2
        );
        Assert.Equal(native.Spec.ObservationSpace, remote.Spec.ObservationSpace);
        Assert.Equal(native.Spec.ActionSpace, remote.Spec.ActionSpace);
        native.Reset(3);
        remote.Reset(3);
        var random = new Pcg64(1);
        int size = native.Spec.ActionSpace.Size;
        var actions = new float[2 * size];
        for (int t = 0; t < 20; t++)
        {
            Assert.Equal(native.Observations, remote.Observations);
            Assert.Equal(native.FinalObservations, remote.FinalObservations);
            Assert.Equal(native.Rewards, remote.Rewards);
            native.Spec.ActionSpace.Sample(ref random, actions.AsSpan(0, size));
            native.Spec.ActionSpace.Sample(ref random, actions.AsSpan(size));
            native.Step(actions);
            remote.Step(actions);
        }
    }

    internal static TrainingSettings Settings(string id) =>
        new()
        {
            Environment = id,
            TotalSteps = 32,
            Agent = new PpoSettings
            {
                Copies = 2,
                UnrollLength = 8,
                Epochs = 1,
                Minibatches = 2,
            },
            Network = new NetworkSettings { HiddenSizes = [8] },
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 2 },
        };

    private TrainingOptions Options() => new() { OutputFolder = _folder.In("run"), Registry = _registry };
}
