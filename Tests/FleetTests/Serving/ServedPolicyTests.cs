using System.Net;
using System.Net.Http.Json;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Agents.Networks;
using Agents.Policies;
using Environments;
using Environments.Spaces;
using Fleet.Hosting;
using Fleet.Serving;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Protos.Fleet;
using Protos.Rpc;
using Protos.Serving;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests.Serving;

public sealed class ServedPolicyTests
{
    private static readonly FleetOptions Anywhere = new() { Listen = "http://127.0.0.1:0" };

    [Theory]
    [InlineData("CartPole-v1")]
    [InlineData("CartPoleNoVel-v1")]
    public async Task Act_OverHttpAndGrpc_ChoosesWhatASessionChooses(string environmentId)
    {
        using var folder = new TemporaryFolder();
        using SavedPolicy policy = await TrainAsync(environmentId, folder);
        PolicySession session = SavedPolicy.Load(Path.Combine(folder.Path, "run", "policy")).CreateSession();
        await using ServiceHost host = await ServiceHost.ServePolicyAsync(policy, "http://127.0.0.1:0", 0, Anywhere);
        using HttpClient http = Deadline.Http(Connections.Handler(FleetAddress.Parse(host.Addresses[0])));
        http.BaseAddress = new Uri(host.Addresses[0]);
        using GrpcChannel channel = GrpcChannel.ForAddress(
            host.Addresses[1],
            new GrpcChannelOptions { HttpHandler = Connections.Handler(FleetAddress.Parse(host.Addresses[1])) }
        );
        var grpc = new Policies.PoliciesClient(channel);
        using IBatchedEnvironment environment = EnvironmentRegistry.Default.Make(environmentId);
        environment.Reset(1);
        JsonNode? httpState = null;
        ByteString grpcState = ByteString.Empty;
        for (int t = 0; t < 10; t++)
        {
            float[] observation = [.. environment.Observations];
            float expected = session.Act(observation)[0];
            JsonNode answer = await AskAsync(
                http,
                new JsonObject
                {
                    ["observations"] = new JsonArray(new JsonArray([.. observation.Select(value => (JsonNode)value)])),
                    ["core_state"] = httpState?.DeepClone(),
                }
            );
            ActReply reply = await grpc.ActAsync(
                new ActRequest
                {
                    Observations = ByteString.CopyFrom(MemoryMarshal.AsBytes(observation.AsSpan())),
                    CoreState = grpcState,
                }
            );

            Assert.Equal(expected, answer["actions"]![0]![0]!.GetValue<float>());
            Assert.Equal(expected, MemoryMarshal.Read<float>(reply.Actions.Span));
            httpState = answer["core_state"];
            grpcState = reply.CoreState;
            environment.Step([expected]);
            if (environment.Terminated[0])
            {
                break;
            }
        }
    }

    [Fact]
    public async Task Act_MeanOutsideTheBounds_AnswersWithActionsOfTheSpaceOrTheRawSample()
    {
        var spec = new NetworkSpec(new Box(-1, 1, 1), new Box(-1, 1, 1), new NetworkSettings { HiddenSizes = [] });
        var parameters = new float[new ParameterLayout(spec).Count];
        new ParameterLayout(spec)["actor.head.bias"].In(parameters.AsSpan())[0] = 3.5f;
        using var policy = new SavedPolicy(new PolicyInfo { Agent = "ppo", Environment = "Own-v0" }, spec, parameters, null);
        await using ServiceHost host = await ServiceHost.ServePolicyAsync(policy, "http://127.0.0.1:0", 0, Anywhere);
        using HttpClient http = Deadline.Http(Connections.Handler(FleetAddress.Parse(host.Addresses[0])));
        http.BaseAddress = new Uri(host.Addresses[0]);
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Addresses[1]);
        var grpc = new Policies.PoliciesClient(channel);
        foreach ((bool raw, float expected) in ((bool, float)[])[(false, 1), (true, 3.5f)])
        {
            JsonNode answer = await AskAsync(
                http,
                new JsonObject { ["observations"] = new JsonArray(new JsonArray(0)), ["raw"] = raw }
            );
            ActReply reply = await grpc.ActAsync(
                new ActRequest { Observations = ByteString.CopyFrom(new byte[sizeof(float)]), Raw = raw }
            );

            Assert.Equal(expected, answer["actions"]![0]![0]!.GetValue<float>());
            Assert.Equal(expected, MemoryMarshal.Read<float>(reply.Actions.Span));
        }
    }

    [Theory]
    [InlineData("greedy", true)]
    [InlineData("sample", false)]
    public async Task Act_WhereTheOwnWayIsAsked_ActsAsThePolicySays(string acting, bool always)
    {
        var spec = new NetworkSpec(new Box(-1, 1, 1), new Discrete(2), new NetworkSettings { HiddenSizes = [] });
        var parameters = new float[new ParameterLayout(spec).Count];
        new ParameterLayout(spec)["actor.head.bias"].In(parameters.AsSpan())[1] = 1;
        var info = new PolicyInfo
        {
            Agent = "ppo",
            Environment = "Own-v0",
            Acting = acting,
        };
        using var policy = new SavedPolicy(info, spec, parameters, null);
        await using ServiceHost host = await ServiceHost.ServePolicyAsync(policy, "http://127.0.0.1:0", 0, Anywhere);
        using HttpClient http = Deadline.Http(Connections.Handler(FleetAddress.Parse(host.Addresses[0])));
        http.BaseAddress = new Uri(host.Addresses[0]);
        using GrpcChannel channel = GrpcChannel.ForAddress(host.Addresses[1]);
        var grpc = new Policies.PoliciesClient(channel);
        var rows = new JsonArray([.. Enumerable.Range(0, 64).Select(_ => (JsonNode)new JsonArray(0))]);

        JsonNode own = await AskAsync(http, new JsonObject { ["observations"] = rows, ["sample"] = true });
        JsonNode best = await AskAsync(http, new JsonObject { ["observations"] = rows.DeepClone() });
        JsonNode described = JsonNode.Parse(await http.GetStringAsync("/v1/policy"))!;

        Assert.Equal(always, own["actions"]!.AsArray().All(action => action![0]!.GetValue<float>() == 1));
        Assert.All(best["actions"]!.AsArray(), action => Assert.Equal(1, action![0]!.GetValue<float>()));
        Assert.All(
            best["log_probs"]!.AsArray(), // of the distribution, however the action was chosen
            logProb => Assert.Equal(-MathF.Log(1 + MathF.Exp(-1)), logProb!.GetValue<float>(), 1e-6f)
        );
        Assert.Equal(acting, described["acting"]!.GetValue<string>());
        Assert.Equal(acting, (await grpc.DescribeAsync(new DescribeRequest())).Acting);
    }

    [Fact]
    public async Task Act_WhatMakesNoSense_IsRefusedWithTheReason()
    {
        using var folder = new TemporaryFolder();
        using SavedPolicy policy = await TrainAsync("CartPole-v1", folder);
        await using ServiceHost host = await ServiceHost.ServePolicyAsync(policy, "http://127.0.0.1:0", 0, Anywhere);
        using HttpClient http = Deadline.Http(Connections.Handler(FleetAddress.Parse(host.Addresses[0])));
        http.BaseAddress = new Uri(host.Addresses[0]);
        using GrpcChannel channel = GrpcChannel.ForAddress(
            host.Addresses[1],
            new GrpcChannelOptions { HttpHandler = Connections.Handler(FleetAddress.Parse(host.Addresses[1])) }
        );
        foreach (
            (string body, string reason) in ((string, string)[])
                [
                    ("""{"observations": [[1, 2, 3]]}""", "observations[0] has 3 numbers; the policy expects 4."),
                    ("""{"observations": []}""", "1 to 4096"),
                    ("""{"observatoin": [[1, 2, 3, 4]]}""", "Did you mean 'observation'?"),
                    ("""{"observations": [[1, 2, 3, 1e39]]}""", ""),
                    ("[", ""),
                ]
        )
        {
            using HttpResponseMessage response = await http.PostAsync("/v1/act", new StringContent(body));
            string text = await response.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains(reason, text);
        }
        RpcException exception = Assert.Throws<RpcException>(() =>
            new Policies.PoliciesClient(channel).Act(new ActRequest { Observations = ByteString.CopyFrom(1, 2, 3) })
        );
        Assert.Equal(StatusCode.InvalidArgument, exception.StatusCode);
    }

    [Fact]
    public async Task Act_NumberThatTheSpaceCannotHold_IsRefusedByNameOverHttpAndBySessions()
    {
        using var folder = new TemporaryFolder();
        using SavedPolicy policy = await TrainAsync("FrozenLake-v1", folder);
        await using ServiceHost host = await ServiceHost.ServePolicyAsync(policy, "http://127.0.0.1:0", 0, Anywhere);
        using HttpClient http = Deadline.Http(Connections.Handler(FleetAddress.Parse(host.Addresses[0])));
        http.BaseAddress = new Uri(host.Addresses[0]);
        foreach (float impossible in (float[])[16, -1, 0.9f])
        {
            string body = new JsonObject
            {
                ["observations"] = new JsonArray(new JsonArray(0), new JsonArray(impossible)),
            }.ToString();
            using HttpResponseMessage response = await http.PostAsync("/v1/act", new StringContent(body));
            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            Assert.Contains(
                $"observations[1][0] is {impossible}; the policy expects a whole number from 0 to 15.",
                await response.Content.ReadAsStringAsync()
            );
            Assert.Contains(
                $"observation of row 1 holds {impossible} as element 0 of Discrete(16), which takes a whole number from 0 to 15",
                Assert.Throws<ArgumentException>(() => policy.CreateSession(2).Act([0, impossible])).Message
            );
        }
        Assert.Throws<ArgumentException>(() => policy.CreateSession().Act([float.NaN]));
    }

    [Fact]
    public async Task Serve_WithAToken_LetsNobodyInWithoutIt()
    {
        using var folder = new TemporaryFolder();
        using SavedPolicy policy = await TrainAsync("CartPole-v1", folder);
        await using ServiceHost host = await ServiceHost.ServePolicyAsync(
            policy,
            null,
            0,
            Anywhere with
            {
                Token = "a token of more than sixteen letters",
            }
        );
        using HttpClient http = Deadline.Http(Connections.Handler(FleetAddress.Parse(host.Addresses[0])));
        http.BaseAddress = new Uri(host.Addresses[0]);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/v1/policy")).StatusCode);
        http.DefaultRequestHeaders.Authorization = new("Bearer", "a token of more than sixteen letters");

        JsonNode description = (await http.GetFromJsonAsync<JsonNode>("/v1/policy"))!;
        Assert.Equal("CartPole-v1", description["environment"]!.GetValue<string>());
        Assert.Equal(policy.ParameterHash, description["parameter_hash"]!.GetValue<string>());
    }

    private static async Task<SavedPolicy> TrainAsync(string environment, TemporaryFolder folder)
    {
        TrainingSettings settings = TunedSettings.For(environment) with
        {
            TotalSteps = 2_048,
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };
        TrainingResult result = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = Path.Combine(folder.Path, "run") }
        );
        return SavedPolicy.Load(result.PolicyFolder);
    }

    private static async Task<JsonNode> AskAsync(HttpClient http, JsonNode question)
    {
        using HttpResponseMessage response = await http.PostAsJsonAsync("/v1/act", question);
        string text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }
}
