using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Agents.Policies;
using Environments;
using Environments.Spaces;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Xunit;

namespace Tests.FleetTests.Serving;

/// <summary>The addresses of a served policy, as a developer of another language meets them.</summary>
public sealed class PolicyEndpointTests
{
    private static readonly Dict Car = new(
        KeyValuePair.Create<string, Space>("camera", new Box(0, 255, 4, 4, 3) { ElementType = ElementType.UInt8 }),
        KeyValuePair.Create<string, Space>("speed", new Box([-1, float.NegativeInfinity], [1, float.PositiveInfinity])),
        KeyValuePair.Create<string, Space>("gear", new Discrete(5))
    );

    private const string CarJson =
        """{"camera": "AAECAwQFBgcICQoLDA0ODwABAgMEBQYHCAkKCwwNDg8AAQIDBAUGBwgJCgsMDQ4P", "speed": [0.5, 3], "gear": 4}""";

    [Fact]
    public async Task Health_WithoutTheToken_IsTold()
    {
        await using ServedPolicies served = await ServedPolicies.StartAsync(
            new Discrete(2),
            new Discrete(2),
            token: ServedPolicies.Token
        );

        Assert.Equal("healthy\n", await served.Http.GetStringAsync("/health"));
        foreach (string path in (string[])["/v1/policy", "/openapi/v1.json", "/v1/act"])
        {
            using HttpResponseMessage response = await served.Http.GetAsync(path);
            JsonNode problem = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.Single().Scheme);
            Assert.Equal("urn:agents:problem:unauthorized", problem["type"]!.GetValue<string>());
        }
        using HttpResponseMessage posted = await served.Http.PostAsync("/health", null);
        Assert.Equal(HttpStatusCode.Unauthorized, posted.StatusCode);
    }

    [Theory]
    [InlineData("GET", "/", 404, "POST /v1/act")]
    [InlineData("GET", "/v2/act", 404, "GET /v1/policy")]
    [InlineData("POST", "/a/b", 404, "GET /health")]
    [InlineData("GET", "/v1/act", 405, "/v1/act takes POST.")]
    [InlineData("DELETE", "/v1/act", 405, "/v1/act takes POST.")]
    [InlineData("POST", "/v1/policy", 405, "/v1/policy takes GET.")]
    public async Task Call_OfAnotherAddressOrMethod_IsToldWhatThereIs(string method, string path, int status, string expected)
    {
        await using ServedPolicies served = await ServedPolicies.StartAsync(new Discrete(2), new Discrete(2));
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using HttpResponseMessage response = await served.Http.SendAsync(request);
        JsonNode problem = (await response.Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(status, problem["status"]!.GetValue<int>());
        Assert.Contains(expected, problem["detail"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Act_OnNamedEntries_AnswersWithTheNameOfTheAction()
    {
        EnvironmentRegistry registry = EnvironmentRegistry.Default.Copy();
        registry.Register(
            new EnvironmentSpec("Own-v0", Car, new Discrete(2)) { ActionNames = ["brake", "drive"] },
            (_, _) => throw new InvalidOperationException()
        );
        await using ServedPolicies served = await ServedPolicies.StartAsync(Car, new Discrete(2), registry: registry);

        JsonNode one = JsonNode.Parse((await served.PostAsync($$"""{"observation": {{CarJson}}}""")).Body)!;
        JsonNode two = JsonNode.Parse((await served.PostAsync($$"""{"observations": [{{CarJson}}, {{CarJson}}]}""")).Body)!;
        JsonNode described = JsonNode.Parse(await served.Http.GetStringAsync("/v1/policy"))!;

        Assert.Equal(0, one["action"]!.GetValue<int>());
        Assert.Equal("brake", one["action_name"]!.GetValue<string>());
        Assert.Equal(-MathF.Log(2), one["log_prob"]!.GetValue<float>(), 1e-6f);
        Assert.Equal("[[0],[0]]", two["actions"]!.ToJsonString());
        Assert.Equal("""["brake","brake"]""", two["action_names"]!.ToJsonString());
        Assert.Equal("""["brake","drive"]""", described["action_space"]!["names"]!.ToJsonString());
    }

    [Fact]
    public async Task Act_WithAMemory_GoesOnFromWhatTheCallerKept()
    {
        await using ServedPolicies served = await ServedPolicies.StartAsync(new Discrete(3), new Box(-2, 2, 2, 2), core: "gru");

        JsonNode first = JsonNode.Parse((await served.PostAsync("""{"observation": 1}""")).Body)!;
        (int status, _, string body) = await served.PostAsync(
            $$"""{"observation": 2, "core_state": {{first["core_state"]!.ToJsonString()}}}"""
        );

        Assert.Equal(200, status);
        Assert.Equal("[[0,0],[0,0]]", first["action"]!.ToJsonString());
        Assert.Equal(first["core_state"]!.AsArray().Count, JsonNode.Parse(body)!["core_state"]!.AsArray().Count);
    }

    [Fact]
    public async Task Policy_ThatNeedsPreparation_SaysSoInFieldsAndSentences()
    {
        var info = new PolicyInfo
        {
            Agent = "ppo",
            Environment = "Own-v0",
            FrameStack = 4,
            FrameSkip = 2,
            ObservationScale = 0.5f,
        };
        await using ServedPolicies served = await ServedPolicies.StartAsync(
            new Box(0, 255, 4, 8, 8) { ElementType = ElementType.UInt8 },
            new Discrete(3),
            info,
            "lstm"
        );

        JsonNode described = JsonNode.Parse(await served.Http.GetStringAsync("/v1/policy"))!;
        string instructions = described["instructions"]!.ToJsonString();

        Assert.Equal(
            """{"frame_stack":4,"previous_action_reward":false,"skills":0,"frame_skip":2,"option_horizon":null}""",
            described["caller"]!.ToJsonString()
        );
        Assert.Equal("[4,8,8]", described["observation_space"]!["shape"]!.ToJsonString());
        Assert.Equal("uint8", described["observation_space"]!["element_type"]!.GetValue<string>());
        Assert.Equal("lstm", described["memory"]!["core"]!.GetValue<string>());
        Assert.Equal("caller", described["memory"]!["kept_by"]!.GetValue<string>());
        foreach (
            string part in (string[])
                [
                    "Stack the last 4 observations",
                    "Repeat each action for 2 steps",
                    "Keep its memory",
                    "multiplies observations by 0.5",
                ]
        )
        {
            Assert.Contains(part, instructions, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("dict", null)]
    [InlineData("discrete", "lstm")]
    [InlineData("image", null)]
    [InlineData("bits", null)]
    public async Task Document_OfEveryPolicy_IsValidAndItsReferencesLeadSomewhere(string kind, string? core)
    {
        (Space observations, Space actions) = kind switch
        {
            "dict" => (Car, new Discrete(2)),
            "discrete" => (new Discrete(7), new MultiDiscrete(2, 3)),
            "image" => (new Box(0, 255, 8, 8, 3) { ElementType = ElementType.UInt8 }, new Box(-0.5f, 0.5f, 2)),
            _ => ((Space, Space))(new MultiBinary(3), new MultiBinary(2)),
        };
        await using ServedPolicies served = await ServedPolicies.StartAsync(observations, actions, core: core);
        string text = await served.Http.GetStringAsync("/openapi/v1.json");

        ReadResult read = OpenApiDocument.Parse(
            text,
            "json",
            new OpenApiReaderSettings { RuleSet = ValidationRuleSet.GetDefaultRuleSet() }
        );
        JsonNode document = JsonNode.Parse(text)!;

        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.StartsWith("3.1", document["openapi"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(
            ["/health", "/v1/act", "/v1/policy"],
            document["paths"]!.AsObject().Select(path => path.Key).Order(StringComparer.Ordinal)
        );
        string[] references =
        [
            .. Regex
                .Matches(text, "\"\\$ref\": \"#/components/schemas/(\\w+)\"")
                .Select(match => match.Groups[1].Value)
                .Distinct(),
        ];
        Assert.Contains("Observation", references);
        Assert.All(references, reference => Assert.NotNull(document["components"]!["schemas"]![reference]));
        string[] operations = [.. Regex.Matches(text, "\"operationId\": \"(\\w+)\"").Select(match => match.Groups[1].Value)];
        Assert.Equal(operations.Distinct(), operations);
    }

    [Fact]
    public async Task Document_OfAPolicyWithAToken_AsksForIt()
    {
        await using ServedPolicies served = await ServedPolicies.StartAsync(
            new Discrete(2),
            new Discrete(2),
            token: ServedPolicies.Token
        );
        served.Http.DefaultRequestHeaders.Authorization = new("Bearer", ServedPolicies.Token);

        JsonNode document = JsonNode.Parse(await served.Http.GetStringAsync("/openapi/v1.json"))!;

        Assert.Equal("bearer", document["components"]!["securitySchemes"]!["token"]!["scheme"]!.GetValue<string>());
        Assert.NotNull(document["paths"]!["/v1/act"]!["post"]!["security"]![0]!["token"]);
        Assert.NotNull(document["paths"]!["/v1/act"]!["post"]!["responses"]!["401"]);
        Assert.Null(document["paths"]!["/health"]!["get"]!["responses"]!["401"]);
    }

    [Fact]
    public async Task Act_CompressedBody_IsRefused()
    {
        await using ServedPolicies served = await ServedPolicies.StartAsync(new Discrete(2), new Discrete(2));
        using var content = new StringContent("x");
        content.Headers.ContentEncoding.Add("gzip");

        using HttpResponseMessage response = await served.Http.PostAsync("/v1/act", content);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, response.StatusCode);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Act_RandomBodies_AreAnsweredOrRefusedByAProblemAndNeverFail(int seed)
    {
        await using ServedPolicies served = await ServedPolicies.StartAsync(Car, new Discrete(2), core: "gru");
        string state = string.Join(
            ",",
            Enumerable.Repeat(
                "0.25",
                JsonNode.Parse((await served.PostAsync($$"""{"observation": {{CarJson}}}""")).Body)!["core_state"]!
                    .AsArray()
                    .Count
            )
        );
        string flat = string.Join(",", Enumerable.Repeat("0", Car.Size));
        string[] bodies =
        [
            $$"""{"observation": {{CarJson}}, "core_state": [{{state}}], "sample": true, "raw": false, "episode_starts": true}""",
            $$"""{"observations": [{{CarJson}}, [{{flat}}]], "core_state": [[{{state}}],[{{state}}]], "episode_starts": [true, false]}""",
        ];
        var random = new Random(seed);
        var statuses = new Dictionary<int, int>();
        for (int i = 0; i < 1_500; i++)
        {
            string sent = BodyMutations.Mutate(bodies[random.Next(bodies.Length)], random);
            (int status, string type, string body) = await served.PostAsync(sent);

            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            Assert.True(status is 200 or (>= 400 and < 500), $"{status} for {sent}");
            Assert.DoesNotMatch(@"System\.|Exception|   at |Utf8|JsonReader|Int32|Single", body);
            if (status != 200)
            {
                JsonElement problem = JsonDocument.Parse(body).RootElement;
                Assert.Equal("application/problem+json", type);
                Assert.Equal(status, problem.GetProperty("status").GetInt32());
                Assert.InRange(problem.GetProperty("detail").GetString()!.Length, 10, 200);
            }
        }
        Assert.True(statuses.GetValueOrDefault(200) > 20 && statuses.GetValueOrDefault(400) > 500, string.Join(", ", statuses));
    }
}
