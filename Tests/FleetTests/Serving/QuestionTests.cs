using System.IO.Pipelines;
using System.Text;
using Environments.Spaces;
using Fleet.Serving.Problems;
using Fleet.Serving.Questions;
using Xunit;

namespace Tests.FleetTests.Serving;

/// <summary>Every form that an observation may have gives the same row, and every other one is named with what was expected.</summary>
public sealed class QuestionTests
{
    private static readonly Dict Car = new(
        KeyValuePair.Create<string, Space>("camera", new Box(0, 255, 2, 1, 3) { ElementType = ElementType.UInt8 }),
        KeyValuePair.Create<string, Space>("speed", new Box(-1, 1, 3)),
        KeyValuePair.Create<string, Space>("gear", new Discrete(5)),
        KeyValuePair.Create<string, Space>("lights", new MultiBinary(2)),
        KeyValuePair.Create<string, Space>("dials", new MultiDiscrete(3, 9))
    );

    private static readonly Dict Pair = new(
        KeyValuePair.Create<string, Space>("0", new Discrete(4)),
        KeyValuePair.Create<string, Space>("1", new Box(-1, 1, 2))
    );

    private static readonly float[] CarRow = [1, 2, 3, 4, 5, 6, 0.5f, -1, 0.25f, 3, 1, 0, 2, 8];

    [Theory]
    [InlineData("""{"camera": [[[1,2,3]],[[4,5,6]]], "speed": [0.5,-1,0.25], "gear": 3, "lights": [1,0], "dials": [2,8]}""")]
    [InlineData("""{"dials": [2,8], "gear": [3], "lights": [true,false], "speed": [5e-1,-1.0,25e-2], "camera": [1,2,3,4,5,6]}""")]
    [InlineData("""{"camera": "AQIDBAUG", "speed": "AAAAPwAAgL8AAIA+", "gear": 3, "lights": [1,0], "dials": [2,8]}""")]
    [InlineData("""{"camera": "AQIDBAUG", "speed": "\u0041AAAPwAAgL8AAIA\u002B", "gear": 3, "lights": [1,0], "dials": [2,8]}""")]
    [InlineData("[1,2,3,4,5,6, 0.5,-1,0.25, 3, 1,0, 2,8]")]
    public async Task Read_EveryFormOfAnObservation_GivesTheSameRow(string observation)
    {
        Question single = await ReadAsync(Car, $$"""{"observation": {{observation}}}""");
        Question several = await ReadAsync(Car, $$"""{"observations": [{{observation}}, {{observation}}]}""");

        Assert.True(single.IsSingle);
        Assert.Equal(CarRow, single.Observations);
        Assert.Equal([.. CarRow, .. CarRow], several.Observations);
        Assert.Equal((1, 2), (single.Rows, several.Rows));
    }

    [Theory]
    [InlineData("[2, [0.5, -1]]")]
    [InlineData("[[2], [0.5, -1]]")]
    [InlineData("""{"1": [0.5, -1], "0": 2}""")]
    [InlineData("[2, 0.5, -1]")]
    public async Task Read_EveryFormOfATuple_GivesTheSameRow(string observation) =>
        Assert.Equal([2, 0.5f, -1], (await ReadAsync(Pair, $$"""{"observation": {{observation}}}""")).Observations);

    [Theory]
    [InlineData("3")]
    [InlineData("[3]")]
    public async Task Read_IntegerByItselfOrInAList_IsARow(string observation)
    {
        Assert.Equal([3], (await ReadAsync(new Discrete(4), $$"""{"observation": {{observation}}}""")).Observations);
        Assert.Equal([3, 3], (await ReadAsync(new Discrete(4), $$"""{"observations": [{{observation}}, 3]}""")).Observations);
    }

    [Theory]
    [InlineData("speed", "[0.5,-1]", "wrong-length", "observation.speed has 2 numbers; the policy expects 3.")]
    [InlineData("speed", "[0.5,-1,0,0]", "wrong-length", "observation.speed has 4 numbers or more; the policy expects 3.")]
    [InlineData("speed", "[0.5,\"a\",0]", "wrong-form", "observation.speed[1] is a text; the policy expects a number.")]
    [InlineData("speed", "[0.5,NaN,0]", "wrong-value", "observation.speed[1] holds a number that is not finite")]
    [InlineData("speed", "[0.5,1e39,0]", "wrong-value", "observation.speed[1] is 1e39")]
    [InlineData("speed", "null", "wrong-form", "observation.speed is null; the policy expects 3 numbers.")]
    [InlineData("speed", "7", "wrong-form", "observation.speed is a number; the policy expects 3 numbers.")]
    [InlineData(
        "speed",
        "\"AAAA\"",
        "wrong-length",
        "observation.speed has 3 bytes; the policy expects 12, 3 numbers of float32"
    )]
    [InlineData("speed", "\"AAAAPwAAgL8AAMB/\"", "wrong-value", "observation.speed holds NaN as number 2")]
    [InlineData(
        "camera",
        "\"AQIDBAU=\"",
        "wrong-length",
        "observation.camera has 5 bytes; the policy expects 6, 6 numbers of uint8."
    )]
    [InlineData("camera", "\"%%\"", "wrong-form", "observation.camera is a text and no Base64")]
    [InlineData(
        "camera",
        "[1,2,3,4,5,0.5]",
        "wrong-value",
        "observation.camera[5] is 0.5; the policy expects a whole number from 0 to 255."
    )]
    [InlineData("camera", "[1,2,3,4,5,256]", "wrong-value", "observation.camera[5] is 256")]
    [InlineData("camera", "[[[1,2,3]],[[4,5]]]", "wrong-length", "observation.camera[1][0] has 2 numbers; the policy expects 3.")]
    [InlineData("camera", "[[[1,2,3]]]", "wrong-length", "observation.camera has 1 list; the policy expects 2.")]
    [InlineData(
        "camera",
        "[[1,2,3],[4,5,6]]",
        "wrong-form",
        "observation.camera[0][0] is a number; the policy expects a list of 3."
    )]
    [InlineData(
        "camera",
        "[1,[2,3]]",
        "wrong-form",
        "observation.camera[1] is a list; the policy expects a whole number from 0 to 255."
    )]
    [InlineData("camera", "[[[1,2,3]],7]", "wrong-form", "observation.camera[1] is a number; the policy expects a list of 1.")]
    [InlineData("gear", "5", "wrong-value", "observation.gear is 5; the policy expects a whole number from 0 to 4.")]
    [InlineData("gear", "1.5", "wrong-value", "observation.gear is 1.5")]
    [InlineData("gear", "true", "wrong-form", "observation.gear is true; the policy expects a whole number from 0 to 4.")]
    [InlineData("gear", "{}", "wrong-form", "observation.gear is an object")]
    [InlineData("gear", "\"AA==\"", "wrong-form", "observation.gear is a text")]
    [InlineData("lights", "[1,2]", "wrong-value", "observation.lights[1] is 2")]
    [InlineData("dials", "[2,9]", "wrong-value", "observation.dials[1] is 9; the policy expects a whole number from 0 to 8.")]
    [InlineData(
        "wheel",
        "1",
        "unknown-field",
        "observation.wheel is not known; the policy expects camera, speed, gear, lights, dials."
    )]
    [InlineData("spede", "1", "unknown-field", "Did you mean 'speed'?")]
    public async Task Read_WhatTheSpaceCannotHold_IsNamedWithWhatWasExpected(
        string name,
        string value,
        string kind,
        string expected
    )
    {
        string rest = string.Join(
            ", ",
            new[] { ("camera", "[1,2,3,4,5,6]"), ("speed", "[0,0,0]"), ("gear", "0"), ("lights", "[0,0]"), ("dials", "[0,0]") }
                .Where(entry => entry.Item1 != name)
                .Select(entry => $"\"{entry.Item1}\": {entry.Item2}")
        );

        Problem problem = await RefuseAsync(Car, $$"""{"observation": { "{{name}}": {{value}}, {{rest}} } }""");

        Assert.Contains(expected, problem.Detail, StringComparison.Ordinal);
        Assert.Equal("urn:agents:problem:" + kind, problem.Kind.Type);
        Assert.StartsWith("observation." + name, problem.Field, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"observation": {"speed": [0,0,0], "speed": [0,0,0]}}""", "repeated-field", "observation.speed stands twice")]
    [InlineData(
        """{"observation": {"speed": [0,0,0]}}""",
        "missing-field",
        "observation.camera is missing; the policy expects 6 numbers, nested as 2 × 1 × 3"
    )]
    [InlineData(
        """{"observations": [[1,2,3,4,5,6,0.5,-1,0.25,3,1,0,2,8],[1,2]]}""",
        "wrong-length",
        "observations[1] has 2 numbers; the policy expects 14."
    )]
    [InlineData("""{"observation": [[1]]}""", "wrong-form", "observation[0] is a list; the policy expects a number.")]
    [InlineData(
        """{"observation": [1,2,3,4,5,6,0.5,-1,0.25,7]}""",
        "wrong-value",
        "observation[9] is 7; the policy expects a whole number from 0 to 4."
    )]
    [InlineData("""{"observation": "AAAA"}""", "wrong-form", "observation is a text; the policy expects an object with camera")]
    [InlineData("""{"observation": [], "observations": []}""", "wrong-length", "observation has 0 numbers")]
    [InlineData("""{"observations": [], "observation": 1}""", "repeated-field", "observation and observations")]
    [InlineData("""{"observations": []}""", "wrong-length", "observations has 0 entries")]
    [InlineData("""{"observations": {}}""", "wrong-form", "observations holds an object; it is a list of observations.")]
    [InlineData("""{"session": "x"}""", "unknown-field", "The service keeps no sessions: send core_state back.")]
    [InlineData("""{"sample": 1}""", "wrong-form", "sample holds a number; it is true or false.")]
    [InlineData("""{"core_state": [[1]]}""", "wrong-length", "core_state[0] has 1 or more numbers; the policy expects 0.")]
    [InlineData("", "malformed-json", "It is empty.")]
    [InlineData("""{"observation": {"speed": [0,0,0]""", "malformed-json", "The body is not JSON at line 1, byte ")]
    [InlineData("{'observation': 1}", "malformed-json", "The body is not JSON at line 1, byte 2")]
    [InlineData("""{"sample": true}""", "missing-field", "The body has no observation.")]
    public async Task Read_AnotherQuestion_IsRefusedWithTheReason(string body, string kind, string expected)
    {
        Problem problem = await RefuseAsync(Car, body);

        Assert.Contains(expected, problem.Detail, StringComparison.Ordinal);
        Assert.Equal("urn:agents:problem:" + kind, problem.Kind.Type);
    }

    [Theory]
    [InlineData("[[2, 1], 0.5]", "observation[0] has 2 numbers or more; the policy expects 1.")]
    [InlineData("[2, [0.5, -1], 3]", "observation has 3 entries or more; the policy expects 2.")]
    [InlineData("[2, [0.5]]", "observation[1] has 1 number; the policy expects 2.")]
    [InlineData("[[2]]", "observation has 1 entry; the policy expects 2.")]
    [InlineData("[2, 0.5, [1]]", "observation[2] is a list; the policy expects a number.")]
    [InlineData("[2, 7]", "observation has 2 numbers; the policy expects 3.")]
    public async Task Read_TupleOfAnotherForm_IsRefusedByItsIndex(string observation, string expected) =>
        Assert.Contains(
            expected,
            (await RefuseAsync(Pair, $$"""{"observation": {{observation}}}""")).Detail,
            StringComparison.Ordinal
        );

    [Fact]
    public async Task Read_MemoryOfOneObservation_MayBeOneList()
    {
        const string beginning = """{"observation": 1, "core_state": """;

        Assert.Equal([1, 2, 3], (await ReadAsync(new Discrete(2), beginning + "[1,2,3]}", 3)).CoreState);
        Assert.Equal([1, 2, 3], (await ReadAsync(new Discrete(2), beginning + "[[1,2,3]]}", 3)).CoreState);
        Assert.Contains(
            "core_state has 2 numbers",
            (await RefuseAsync(new Discrete(2), beginning + "[1,2]}", 3)).Detail,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "for 1 observation",
            (await RefuseAsync(new Discrete(2), beginning + "[[1,2,3],[1,2,3]]}", 3)).Detail,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "core_state holds",
            (await RefuseAsync(new Discrete(2), beginning + "[1,[2],3]}", 3)).Detail,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Read_PictureInBase64ThatArrivesInPieces_IsReadWhole()
    {
        var space = new Box(0, 255, 84, 84, 4) { ElementType = ElementType.UInt8 };
        var bytes = new byte[space.Size];
        new Random(1).NextBytes(bytes);
        string body = $$"""{"observation": "{{Convert.ToBase64String(bytes)}}"}""";

        Question question = await ReadAsync(space, body, pieceBytes: 1_000);

        Assert.Equal(bytes, question.Observations.Select(value => (byte)value));
    }

    private static async Task<Problem> RefuseAsync(Space space, string body, int coreStateSize = 0) =>
        (await Assert.ThrowsAsync<ProblemException>(() => ReadAsync(space, body, coreStateSize))).Problem;

    private static async Task<Question> ReadAsync(Space space, string body, int coreStateSize = 0, int pieceBytes = 7)
    {
        // In small pieces, so that every token is cut somewhere.
        var pipe = new Pipe();
        Task<Question> reading = QuestionReader.ReadAsync(
            pipe.Reader,
            new AskedPolicy(space, coreStateSize),
            () => default,
            TestContext.Current.CancellationToken
        );
        foreach (byte[] piece in Encoding.UTF8.GetBytes(body).Chunk(pieceBytes))
        {
            if ((await pipe.Writer.WriteAsync(piece, TestContext.Current.CancellationToken)).IsCompleted || reading.IsCompleted)
            {
                break;
            }
        }
        await pipe.Writer.CompleteAsync();
        return await reading;
    }
}
