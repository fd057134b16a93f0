using System.Net.Http.Json;
using Agents.Networks;
using Agents.Policies;
using Environments;
using Fleet.PolicyPools;
using Learners.Composition;
using Learners.Ppo;
using Learners.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Tests.LearnerTests.Metrics;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests.PolicyPools;

public sealed class PolicyPoolTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<SavedPolicy> TrainAsync(string core)
    {
        TrainingResult result = await Trainer.TrainAsync(
            new TrainingSettings
            {
                Environment = "CartPoleNoVel-v1",
                TotalSteps = 1_024,
                Agent = new PpoSettings { Copies = 8, UnrollLength = 32 },
                Network = new NetworkSettings
                {
                    HiddenSizes = [16],
                    Core = core,
                    CoreSize = 8,
                },
                Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
            },
            new TrainingOptions { InMemory = true },
            TestContext.Current.CancellationToken
        );
        return result.Policy;
    }

    // Rows of observations of an episode, and what a session of its own makes of them.
    private static (float[][] Observations, float[] Actions) Play(SavedPolicy policy, ulong seed, int steps)
    {
        using IBatchedEnvironment environment = EnvironmentRegistry.Default.Make("CartPoleNoVel-v1");
        environment.Reset(seed);
        PolicySession session = policy.CreateSession();
        var observations = new float[steps][];
        var actions = new float[steps];
        for (int t = 0; t < steps; t++)
        {
            observations[t] = [.. environment.Observations];
            actions[t] = session.Act(observations[t])[0];
            environment.Step([t % 2]);
        }
        return (observations, actions);
    }

    [Fact]
    public async Task Host_ManyConversationsAtOnce_EachHasItsOwnMemory()
    {
        using (SavedPolicy trained = await TrainAsync("lstm"))
        {
            trained.Save(_folder.In("policy"));
        }
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAgentsPolicy(_folder.In("policy"), new PolicyPoolOptions { Size = 2 });
        await using WebApplication app = builder.Build();
        app.MapPost(
            "/act/{conversation}",
            async (string conversation, float[] observation, PolicyPool pool, CancellationToken stop) =>
            {
                using PolicyLease session = await pool.RentAsync(conversation, stop);
                return session.Act(observation).ToArray();
            }
        );
        await app.StartAsync(TestContext.Current.CancellationToken);
        using HttpClient http = Deadline.Http();
        http.BaseAddress = new Uri(app.Urls.Single());
        using SavedPolicy policy = SavedPolicy.Load(_folder.In("policy"));
        (float[][] Observations, float[] Actions)[] episodes =
        [
            .. Enumerable.Range(0, 8).Select(i => Play(policy, (ulong)i, 25)),
        ];

        float[][] answers = await Task.WhenAll(
            episodes.Select((episode, i) => PlayOver(http, $"game-{i}", episode.Observations))
        );

        for (int i = 0; i < episodes.Length; i++)
        {
            Assert.Equal(episodes[i].Actions, answers[i]);
        }
        Assert.Equal(8, app.Services.GetRequiredService<PolicyPool>().Conversations);
    }

    private static async Task<float[]> PlayOver(HttpClient http, string conversation, float[][] observations)
    {
        var actions = new float[observations.Length];
        for (int t = 0; t < actions.Length; t++)
        {
            HttpResponseMessage answer = await http.PostAsJsonAsync($"/act/{conversation}", observations[t]);
            actions[t] = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<float[]>())![0];
        }
        return actions;
    }

    [Fact]
    public async Task RentAsync_AllAreOut_WaitsUntilOneComesBack()
    {
        using SavedPolicy policy = await TrainAsync("identity");
        using var pool = new PolicyPool(policy, new PolicyPoolOptions { Size = 1 });
        PolicyLease first = await pool.RentAsync(TestContext.Current.CancellationToken);
        ValueTask<PolicyLease> second = pool.RentAsync(TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);

        first.Dispose();
        first.Dispose(); // a second time gives nothing back

        using PolicyLease next = await second;
        Task<PolicyLease> third = pool.RentAsync(TestContext.Current.CancellationToken).AsTask();
        Assert.False(third.IsCompleted);
        Assert.Throws<ObjectDisposedException>(() => first.Act(new float[pool.ObservationSize]).ToArray());
    }

    [Fact]
    public async Task RentAsync_OneConversationTwice_TakesTurns()
    {
        using SavedPolicy policy = await TrainAsync("gru");
        using var pool = new PolicyPool(policy, new PolicyPoolOptions { Size = 4 });
        PolicyLease first = await pool.RentAsync("game", TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        ValueTask<PolicyLease> cancelled = pool.RentAsync("game", stop.Token);
        ValueTask<PolicyLease> second = pool.RentAsync("game", TestContext.Current.CancellationToken);
        Assert.False(second.IsCompleted);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled);

        first.Dispose();

        (await second).Dispose();
        Assert.Equal(1, pool.Conversations);
    }

    [Fact]
    public async Task Act_EndedOrNewEpisode_ForgetsWhatWasBefore()
    {
        using SavedPolicy policy = await TrainAsync("lstm");
        using var pool = new PolicyPool(policy, new PolicyPoolOptions { Sample = true, Size = 1 });
        float[] observation = new float[pool.ObservationSize];
        float[] first = await States(session => { });
        float[] unnamed = await States(session => { }, named: false);
        float[] goesOn = await States(session => { });
        float[] restarted = await States(session => session.StartEpisode());
        pool.End("game");
        float[] ended = await States(session => { });

        Assert.NotEqual(first, goesOn);
        Assert.Equal(first, unnamed);
        Assert.Equal(first, restarted);
        Assert.Equal(first, ended);

        // The core state that a step leaves.
        async Task<float[]> States(Action<PolicyLease> before, bool named = true)
        {
            using PolicyLease session = named
                ? await pool.RentAsync("game", TestContext.Current.CancellationToken)
                : await pool.RentAsync(TestContext.Current.CancellationToken);
            before(session);
            _ = session.Act(observation);
            return [.. session.CoreState];
        }
    }

    [Fact]
    public async Task RentAsync_TooManyConversations_ForgetsOnlyThoseThatWereLeftLongAgo()
    {
        using SavedPolicy policy = await TrainAsync("gru");
        var clock = new ManualTime();
        using var pool = new PolicyPool(policy, new PolicyPoolOptions { MaxConversations = 2 }, clock);
        (await pool.RentAsync("old", TestContext.Current.CancellationToken)).Dispose();
        clock.Pass(TimeSpan.FromMinutes(20));
        (await pool.RentAsync("newer", TestContext.Current.CancellationToken)).Dispose();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await pool.RentAsync("third", TestContext.Current.CancellationToken)
        );
        Assert.Contains("raise MaxConversations", error.Message, StringComparison.Ordinal);
        clock.Pass(TimeSpan.FromMinutes(15));
        (await pool.RentAsync("third", TestContext.Current.CancellationToken)).Dispose();

        Assert.Equal(2, pool.Conversations);
        Assert.False(pool.End("old"));
        Assert.True(pool.End("newer"));
    }

    [Fact]
    public async Task Add_PoliciesByName_AreTheirOwnPools()
    {
        using SavedPolicy policy = await TrainAsync("identity");
        await using ServiceProvider services = new ServiceCollection()
            .AddAgentsPolicy(policy, name: "one")
            .AddAgentsPolicy(policy, name: "two")
            .BuildServiceProvider();

        Assert.NotSame(services.GetRequiredKeyedService<PolicyPool>("one"), services.GetRequiredKeyedService<PolicyPool>("two"));
        Assert.Equal(policy.Info, services.GetRequiredKeyedService<PolicyPool>("one").Info);
    }
}
