using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Agents.Policies;
using Chaos.Bodies;
using Fleet.Hosting;
using Fleet.Serving;
using Fleet.Serving.Questions;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Learners.Composition;
using Learners.Configuration;
using Learners.Training;
using Protos.Serving;
using Tests.Waits;
using Xunit;

namespace Tests.FleetTests.Serving;

/// <summary>Bodies that are larger than what they could ask, or of another form.</summary>
public sealed class HostileBodyTests : IDisposable
{
    private const long Endless = 4 << 20; // as far as a test can wait
    private static readonly FleetOptions Anywhere = new() { Listen = "http://127.0.0.1:0" };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("""{"observations":[""", "[],", "observations[0] has 0 numbers; the policy expects 4 numbers.", 1)]
    [InlineData("{\"", "k", "more than 4096 bytes", 1)]
    [InlineData("""{"observations":[[""", "9", "more than 4096 bytes", 1)]
    [InlineData("""{"observations":""", "[", "observations[0][0] is a list; the policy expects a finite number", 1)]
    [InlineData("", """{"a":""", "The body holds 'a', which is none of", 1)]
    [InlineData("""{"observations":[[""", "0,", "has 5 numbers or more; the policy expects 4", 1)]
    [InlineData("""{"observations":"t""", "text", "more than 4096 bytes", 1)]
    [InlineData("""{"observation":"t""", "text", "more than 4096 bytes", 1)]
    [InlineData("""{"observation":""", "[", "observation[0] is a list", 1)]
    [InlineData("""{"observation":{""", "\"a\":1,", "observation is an object", 1)]
    [InlineData("""{"sample":true,""", " ", "more than 4096 bytes", 1)]
    [InlineData("""{"observations":[""", "[0,0,0,0],", "observations has more than 4096 rows", 16)]
    [InlineData("""{"episode_starts":[""", "true,", "episode_starts has more than 4096 rows", 16)]
    [InlineData("""{"core_state":[""", "[],", "core_state has more than 4096 rows", 16)]
    public async Task Read_BodyWithoutEnd_IsRefusedAfterTheFirstBytes(string beginning, string part, string expected, int blocks)
    {
        using SavedPolicy policy = await TrainAsync();
        var desk = new PolicyDesk(policy, 0);
        var body = new EndlessBody(beginning, part);

        Exception exception = await Assert.ThrowsAnyAsync<ArgumentException>(() =>
            QuestionReader.ReadAsync(PipeReader.Create(body), desk.Asked, () => default, TestContext.Current.CancellationToken)
        );

        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.InRange(body.Taken, 1, blocks * 8_192);
    }

    [Theory]
    [InlineData("[")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("""{"observations": null}""")]
    [InlineData("""{"observations": [[0, 0, 0, "0"]]}""")]
    [InlineData("""{"observations": [0, 0, 0, 0]}""")]
    [InlineData("""{"observations": [[0, 0, 0, 0]]} {}""")]
    [InlineData("""{"observations": [[0, 0, 0, 0]], "observations": [[0, 0, 0, 0]]}""")]
    [InlineData("""{"observations": [[0, 0, 0, 0]], "sample": 1}""")]
    [InlineData("""{"observations": [[0, 0, 0, 0]], "episode_starts": [[true]]}""")]
    [InlineData("""{"observations": [[0, 0, 0, 0], [0, 0, 0, 0]], "episode_starts": [true]}""")]
    [InlineData("""{"observations": [[0, 0, 0, 1e400]]}""")]
    [InlineData("{\"observations\": [[0, 0, 0, 0]], \"\\ud800\": 1}")]
    public async Task Act_BodyOfAnotherForm_IsRefusedInAtMostTwoHundredCharacters(string body)
    {
        using SavedPolicy policy = await TrainAsync();
        await using ServiceHost host = await ServiceHost.ServePolicyAsync(policy, null, 0, Anywhere);
        using HttpClient http = Deadline.Http();
        http.BaseAddress = new Uri(host.Addresses[0]);

        foreach (string sent in (string[])[body, body + new string('x', 3_000), "{\"" + new string('y', 3_000) + "\": 1}"])
        {
            using HttpResponseMessage response = await http.PostAsync("/v1/act", new StringContent(sent));

            Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
            JsonNode answer = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
            Assert.InRange(answer["detail"]!.GetValue<string>().Length, 10, 200);
        }
    }

    [Fact]
    public async Task Act_EveryFormThatIsAllowed_IsAnswered()
    {
        using SavedPolicy policy = await TrainAsync();
        await using ServiceHost host = await ServiceHost.ServePolicyAsync(policy, null, 0, Anywhere);
        using HttpClient http = Deadline.Http();
        http.BaseAddress = new Uri(host.Addresses[0]);
        string rows = string.Join(",\n        ", Enumerable.Repeat("[0.12345678901234567, -1e-3, 0, 1]", 4_096));
        foreach (
            (string body, int count) in ((string, int)[])
                [
                    ("""{"observations": [[0, 0.5, -1, 1e-9]]}""", 1),
                    (
                        """{"sample": false, "core_state": null, "episode_starts": [true, false], "observations": [[0,0,0,0],[1,1,1,1]]}""",
                        2
                    ),
                    ("""{"observations": [[0,0,0,0]], "core_state": [[]], "sample": true}""", 1),
                    ($"{{\"observations\": [{rows}]}}", 4_096),
                ]
        )
        {
            using HttpResponseMessage response = await http.PostAsync("/v1/act", new StringContent(body));
            string text = await response.Content.ReadAsStringAsync();

            Assert.True(response.IsSuccessStatusCode, text);
            Assert.Equal(count, JsonNode.Parse(text)!["actions"]!.AsArray().Count);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Act_BodyOfTwentyEightMegabytes_IsRefusedAndOthersAreAnswered(bool tellsLength)
    {
        using SavedPolicy policy = await TrainAsync();
        await using ServiceHost host = await ServiceHost.ServePolicyAsync(policy, null, 0, Anywhere);
        using HttpClient http = Deadline.Http();
        http.BaseAddress = new Uri(host.Addresses[0]);
        var content = new RepeatedContent("""{"observations":["""u8.ToArray(), "[0,0,0,0],"u8.ToArray(), 28 << 20, tellsLength);
        try
        {
            using HttpResponseMessage refused = await http.PostAsync("/v1/act", content);
            Assert.True((int)refused.StatusCode is 400 or 413);
        }
        catch (HttpRequestException)
        {
            // The server hung up while the rest was on its way.
        }

        using HttpResponseMessage response = await http.PostAsJsonAsync("/v1/act", new { observations = new[] { new float[4] } });

        Assert.True(response.IsSuccessStatusCode);
    }

    [Fact]
    public async Task Act_MessageLargerThanThePolicyAnswers_IsRefusedOverGrpc()
    {
        using SavedPolicy policy = await TrainAsync();
        await using ServiceHost host = await ServiceHost.ServePolicyAsync(policy, "http://127.0.0.1:0", 0, Anywhere);
        using GrpcChannel channel = GrpcChannel.ForAddress(
            host.Addresses[1],
            new GrpcChannelOptions { MaxSendMessageSize = null }
        );
        var client = new Policies.PoliciesClient(channel);
        ByteString Rows(int count) => ByteString.CopyFrom(new byte[16 * count]);

        RpcException many = Assert.Throws<RpcException>(() => client.Act(new ActRequest { Observations = Rows(4_097) }));
        RpcException large = Assert.Throws<RpcException>(() => client.Act(new ActRequest { Observations = Rows(1 << 20) }));
        RpcException flags = Assert.Throws<RpcException>(() =>
            client.Act(new ActRequest { Observations = Rows(1), EpisodeStarts = ByteString.CopyFrom(new byte[28 << 20]) })
        );

        Assert.Equal(StatusCode.InvalidArgument, many.StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, large.StatusCode);
        Assert.Equal(StatusCode.ResourceExhausted, flags.StatusCode);
        Assert.Equal(4_096 * sizeof(float), client.Act(new ActRequest { Observations = Rows(4_096) }).Actions.Length);
    }

    [Theory]
    [InlineData(4, 0, 4_096)]
    [InlineData(84 * 84 * 4, 0, 37)]
    [InlineData(4, 1_020, 1_024)]
    public void Limits_OfAPolicy_GrowWithItsRowsAndStayBounded(int observation, int coreState, int rows)
    {
        var limits = new PolicyLimits(observation, coreState);

        Assert.Equal(rows, limits.Rows);
        Assert.InRange(limits.BodyBytes, rows * (observation + coreState) * 20, 30_000_000);
        Assert.InRange(limits.MessageBytes, rows * (4 * (observation + coreState) + 1), 5_000_000);
    }

    private async Task<SavedPolicy> TrainAsync()
    {
        TrainingSettings settings = TunedSettings.For("CartPole-v1") with
        {
            TotalSteps = 1_024,
            Evaluation = new EvaluationSettings { Episodes = 0, FinalEpisodes = 1 },
        };
        TrainingResult result = await Trainer.TrainAsync(
            settings,
            new TrainingOptions { OutputFolder = Path.Combine(_folder.Path, "run") }
        );
        return SavedPolicy.Load(result.PolicyFolder);
    }

    private sealed class EndlessBody(string beginning, string part) : Stream
    {
        private readonly byte[] _beginning = Encoding.UTF8.GetBytes(beginning);
        private readonly byte[] _part = Encoding.UTF8.GetBytes(part);

        public long Taken { get; private set; }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => Endless;
        public override long Position
        {
            get => Taken;
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (Taken >= Endless)
            {
                return new ValueTask<int>(0);
            }
            foreach (ref byte value in buffer.Span)
            {
                value = Taken < _beginning.Length ? _beginning[Taken] : _part[(Taken - _beginning.Length) % _part.Length];
                Taken++;
            }
            return new ValueTask<int>(buffer.Length);
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
