using System.Text.Json;
using Page.Runs;
using Page.Serving;
using Xunit;

namespace Tests.PageTests;

public sealed class StudyTrialsTests : IDisposable
{
    private const string Begin =
        """{"format":1}"""
        + "\n"
        + """{"begin":{"number":0,"trial":0,"candidate":0,"seed":1,"values":{"ppo.learning_rate":"1e-3"},"to_steps":100}}""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Population_HasMembersByScoreAndWhoCopiedWhom()
    {
        JsonElement study = Study(
            Begin,
            """{"begin":{"number":1,"trial":1,"candidate":1,"seed":1,"values":{"ppo.learning_rate":"1e-2"},"to_steps":100}}""",
            """{"end":0,"result":{"score":5,"steps":96}}""",
            """{"end":1,"result":{"score":9,"steps":104}}""",
            """{"begin":{"number":2,"trial":0,"candidate":0,"seed":1,"values":{"ppo.learning_rate":"8e-3"},"to_steps":200,"continues":0,"copy_of":1}}"""
        );

        Assert.Equal(["1", "0"], study.GetProperty("rows").EnumerateArray().Select(row => $"{row.GetProperty("number")}"));
        JsonElement member = study.GetProperty("rows")[1];
        Assert.Equal(
            ("8e-3", "5", true),
            ($"{member.GetProperty("values")[0]}", $"{member.GetProperty("score")}", member.GetProperty("training").GetBoolean())
        );
        JsonElement copy = study.GetProperty("legs")[2];
        Assert.Equal(
            (0, 96, 200, 1, 104),
            (
                copy.GetProperty("member").GetInt32(),
                copy.GetProperty("from").GetInt32(),
                copy.GetProperty("to").GetInt32(),
                copy.GetProperty("copied").GetInt32(),
                copy.GetProperty("copiedAt").GetInt32()
            )
        );
    }

    [Fact]
    public void Read_NoCopies_HasNoLineage()
    {
        Assert.Equal(0, Study(Begin).GetProperty("legs").GetArrayLength());
    }

    [Theory]
    [InlineData("""{"begin":{"number":1,"trial":1,"candidate":1,"seed":1,"values":{},"to_steps":100,"copy_of":7}}""")]
    [InlineData("""{"begin":{"number":1,"trial":1,"candidate":1,"seed":1,"values":{},"to_steps":100,"continues":-1}}""")]
    [InlineData("""{"begin":{"number":1,"trial":1,"candidate":1,"seed":1,"values":null,"to_steps":100}}""")]
    [InlineData("""{"end":5,"result":{"score":5,"steps":96}}""")]
    [InlineData("nonsense")]
    public void Read_JournalThatCannotBe_IsAProblemInWords(string line)
    {
        JsonElement study = Study(Begin, line);

        Assert.Contains("line 3, is damaged", study.GetProperty("problem").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, study.GetProperty("rows").GetArrayLength());
    }

    private JsonElement Study(params string[] lines)
    {
        File.WriteAllText(_folder.In("study.jsonl"), string.Join('\n', lines) + "\n");
        var run = new Run
        {
            Id = "0",
            Folder = _folder.Path,
            Name = "study",
            Kind = RunKind.Study,
        };
        using var document = JsonDocument.Parse(JsonText.Of(StudyTrials.Read(run).Write));
        return document.RootElement.Clone();
    }
}
