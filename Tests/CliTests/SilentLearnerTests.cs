using System.Net;
using System.Net.Sockets;
using Cli;
using Tests.Waits;
using Xunit;

namespace Tests.CliTests;

/// <summary>A learner that takes connections and never answers.</summary>
public sealed class SilentLearnerTests : IDisposable
{
    private readonly TcpListener _learner = new(IPAddress.Loopback, 0);

    public SilentLearnerTests() => _learner.Start();

    public void Dispose() => _learner.Dispose();

    [Theory]
    [InlineData(
        "status",
        "--learner",
        "error: The learner at {0} did not answer within 1 s. It may be busy: give it longer with --timeout."
    )]
    [InlineData("health", "--metrics", "unhealthy: {0}: it did not answer within 1 s")]
    [ShortTime("Nobody answers, however long it takes.")]
    public async Task Command_NoAnswer_SaysHowLongItWaited(string command, string option, string expected)
    {
        string address = $"http://{_learner.LocalEndpoint}";
        var error = new StringWriter();

        int code = await Application.RunAsync([command, option, address, "--timeout", "1"], TextWriter.Null, error, default);

        Assert.Equal(1, code);
        Assert.Equal(
            string.Format(System.Globalization.CultureInfo.InvariantCulture, expected, address),
            error.ToString().TrimEnd()
        );
    }

    [Theory]
    [InlineData("status")]
    [InlineData("health")]
    public async Task Command_TimeoutThatIsNone_IsWrongUsage(string command)
    {
        var error = new StringWriter();

        Assert.Equal(2, await Application.RunAsync([command, "--timeout", "soon"], TextWriter.Null, error, default));
        Assert.Contains("--timeout is 'soon', but must be a whole number", error.ToString(), StringComparison.Ordinal);
    }
}
