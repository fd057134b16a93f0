using System.Text.Json;
using Cli;
using Xunit;

namespace Tests.CliTests;

/// <summary><c>agents card</c>.</summary>
public sealed class CardCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Card_OfADistilledPolicy_NamesItsTeacher()
    {
        await File.WriteAllTextAsync(_folder.In("student.yaml"), "hidden_sizes: [8]", TestContext.Current.CancellationToken);
        (int trained, _, string trainingError) = await Run(
            "train",
            "CartPole-v1",
            "--steps",
            "2048",
            "--out",
            _folder.In("teacher")
        );
        Assert.True(trained == 0, trainingError);
        (int distilled, _, string distillingError) = await Run(
            "distill",
            _folder.In("teacher"),
            "--student",
            _folder.In("student.yaml"),
            "--steps",
            "1024",
            "--episodes",
            "2",
            "--out",
            _folder.In("student")
        );
        Assert.True(distilled == 0, distillingError);

        (int code, string output, string error) = await Run(
            "card",
            _folder.In("student"),
            "--out",
            _folder.In("cards", "a card.md"),
            "--json"
        );

        Assert.True(code == 0, error);
        JsonElement written = JsonDocument.Parse(output).RootElement;
        string card = await File.ReadAllTextAsync(
            written.GetProperty("card").GetString()!,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(2, written.GetProperty("pictures").GetArrayLength());
        Assert.Contains("It was made with another policy, of ", card, StringComparison.Ordinal);
        Assert.Contains("ppo.auxiliary.distillation.saved.path", card, StringComparison.Ordinal);
        Assert.Contains("](<a%20card-curve.png>)", card, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("There is no folder", "card", "nothing-here")]
    [InlineData("ends in .md", "card", ".", "--out", "card.html")]
    public async Task Card_ThatCannotBe_IsOneLine(string expected, params string[] arguments)
    {
        (int code, _, string error) = await Run(arguments);

        Assert.Equal(1, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.Trim().Split('\n'));
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Application.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
