using Cli;
using Xunit;

namespace Tests.CliTests;

/// <summary><c>agents evaluate --skill</c> and <c>agents record --skill</c>.</summary>
public sealed class SkillOptionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Evaluate_AndRecord_PlayTheSkillThatIsChosen()
    {
        await Train("skills", "--set", "wrappers.skills=3", "a2c.auxiliary.diayn.epochs=1");
        Assert.Contains("skills: 3", File.ReadAllText(_folder.In("skills", "policy", "policy.yaml")), StringComparison.Ordinal);

        (int code, string output, string error) = await Run("evaluate", _folder.In("skills"), "--episodes", "3", "--skill", "2");

        Assert.True(code == 0, error);
        Assert.Contains("mean return", output, StringComparison.Ordinal);
        (code, _, error) = await Run("evaluate", _folder.In("skills"), "--episodes", "3");
        Assert.True(code == 0, error);
        byte[][] films = new byte[3][];
        for (int skill = 0; skill < films.Length; skill++)
        {
            string film = _folder.In($"{skill}.gif");
            (code, _, error) = await Run("record", _folder.In("skills"), "--out", film, "--skill", $"{skill}", "--deterministic");
            Assert.True(code == 0, error);
            films[skill] = File.ReadAllBytes(film);
        }
        Assert.True(films.Any(film => !film.SequenceEqual(films[0])), "all skills do the same");
    }

    [Theory]
    [InlineData("evaluate", "3", "skills are 0 to 2. Choose one of these.")]
    [InlineData("record", "7", "skills are 0 to 2. Choose one of these.")]
    [InlineData("evaluate", "-1", "whole number from 0")]
    public async Task Run_SkillThatIsNone_IsOneClearLine(string command, string skill, string message)
    {
        await Train("skills", "--set", "wrappers.skills=3");

        (int code, _, string error) = await Run(command, _folder.In("skills"), "--skill", skill);

        Assert.NotEqual(0, code);
        Assert.Contains(message, error, StringComparison.Ordinal);
        Assert.Single(error.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task Evaluate_PolicyWithoutSkills_SaysSo()
    {
        await Train("plain");

        (int code, _, string error) = await Run("evaluate", _folder.In("plain"), "--skill", "0");

        Assert.NotEqual(0, code);
        Assert.Contains("trained without skills. Leave the skill out", error, StringComparison.Ordinal);
    }

    private async Task Train(string name, params string[] more)
    {
        (int code, _, string error) = await Run([
            "train",
            "GridWorld/OpenGrid-v0",
            "--agent",
            "a2c",
            "--steps",
            "4000",
            "--out",
            _folder.In(name),
            .. more,
        ]);
        Assert.True(code == 0, error);
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int code = await Application.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
