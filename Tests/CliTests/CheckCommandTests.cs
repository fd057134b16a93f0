using System.Text.Json;
using Cli;
using Environments.Checking;
using Tests.EnvironmentTests.Remote;
using Xunit;

namespace Tests.CliTests;

public sealed class CheckCommandTests
{
    [Fact]
    public async Task Check_SoundEnvironment_PrintsEveryCheckAndReturns0()
    {
        (int code, string output, _) = await Run("check", "CartPole-v1", "--steps", "50");

        Assert.Equal(0, code);
        Assert.All(EnvironmentChecker.Names, name => Assert.Contains(name, output, StringComparison.Ordinal));
        Assert.Contains("CartPole-v1 can be trained on.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_BrokenEnvironment_SaysWhatToDoAndReturns1()
    {
        _ = PythonCases.Settings; // puts the module on Python's path
        (int code, string output, _) = await Run("check", "gym:checked_cases:TooFar?lane=inprocess", "--steps", "50");

        Assert.Equal(1, code);
        Assert.Contains("fails 1 of 20 checks: bounds.", output, StringComparison.Ordinal);
        Assert.Contains("Widen the bounds", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_Json_LastLineHoldsEveryCheck()
    {
        _ = PythonCases.Settings; // puts the module on Python's path
        (int code, string output, _) = await Run(
            "check",
            "gym:checked_cases:InfoIsAList?lane=inprocess",
            "--steps",
            "50",
            "--json"
        );

        JsonElement report = JsonDocument.Parse(output.TrimEnd().Split('\n')[^1]).RootElement;
        Assert.Equal((1, false), (code, report.GetProperty("passed").GetBoolean()));
        JsonElement info = report
            .GetProperty("checks")
            .EnumerateArray()
            .Single(check => check.GetProperty("name").GetString() == "info");
        Assert.Equal("failed", info.GetProperty("outcome").GetString());
        Assert.NotEmpty(info.GetProperty("found").GetString()!);
        Assert.NotEmpty(info.GetProperty("advice").GetString()!);
    }

    [Fact]
    public async Task Check_EnvironmentOfAnAssembly_IsFound()
    {
        string assembly = Path.Combine(AppContext.BaseDirectory, "OwnEnvironment.dll");
        (int code, string output, string error) = await Run(
            "check",
            "Own/Thermostat-v0",
            "--assembly",
            assembly,
            "--steps",
            "120"
        );

        Assert.True(code == 0, output + error);
    }

    [Fact]
    public async Task Check_UnknownEnvironment_IsWrongUsage()
    {
        (int code, _, string error) = await Run("check", "CartPoel-v1");

        Assert.Equal(2, code);
        Assert.Contains("Did you mean 'CartPole-v1'?", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Output, string Error)> Run(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int code = await Application.RunAsync(arguments, output, error, TestContext.Current.CancellationToken);
        return (code, output.ToString(), error.ToString());
    }
}
