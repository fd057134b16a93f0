using System.Diagnostics;
using Tests.EnvironmentTests.Remote;
using Xunit;

namespace Tests.Waits;

/// <summary>No test depends on how busy the machine is.</summary>
[ShortTime("Its texts are those that are looked for.")]
public sealed class WaitRulesTests
{
    private static readonly string[] s_mistakes = [.. WaitRules.Mistakes(typeof(WaitRulesTests).Assembly)];

    [Fact]
    public void Tests_All_WaitForConditionsAndNotForTheClock()
    {
        string[] real = [.. s_mistakes.Where(line => !line.StartsWith("Samples.", StringComparison.Ordinal))];

        Assert.True(real.Length == 0, string.Join('\n', real));
    }

    [Fact]
    public void PythonOfTests_All_WaitForConditionsAndNotForTheClock()
    {
        string[] files = Directory.GetFiles(PythonCases.Folder, "*.py", SearchOption.AllDirectories);

        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.Empty(WaitRules.Mistakes(File.ReadAllText(file))));
    }

    [Fact]
    public void Deadline_IsTwoMinutesOrMore() => Assert.True(Deadline.Patience >= WaitRules.Shortest);

    [Theory]
    [InlineData("Delays", "Task.Delay")]
    [InlineData("Sleeps", "Thread.Sleep")]
    [InlineData("Gives_Up", "Task`1.WaitAsync")]
    [InlineData("Cancels", "CancellationTokenSource.CancelAfter")]
    [InlineData("Limits", "CancellationTokenSource..ctor")]
    [InlineData("Ends", "Process.WaitForExit")]
    [InlineData("Measures", "Stopwatch.StartNew")]
    [InlineData("Calls", "DateTime.get_UtcNow")]
    [InlineData("Asks", "makes an HttpClient")]
    [InlineData("Options", "gives 30 s to ActorOptions.set_Patience")]
    [InlineData("Commands", "names a short time: 'timeout 7'")]
    [InlineData("Ids", "names a short time: 'timeout=2'")]
    [InlineData("InALambda", "Thread.Sleep")]
    [InlineData("FactWithATime", "ends after 1000 ms")]
    public void Mistakes_MethodThatDependsOnTheClock_NamesIt(string method, string expected) =>
        Assert.Contains(
            s_mistakes,
            line =>
                line.StartsWith($"Samples.{method}:", StringComparison.Ordinal)
                && line.Contains(expected, StringComparison.Ordinal)
        );

    [Fact]
    public void Mistakes_MethodThatWaitsForAConditionOrSetsAClock_AreNone() =>
        Assert.DoesNotContain(s_mistakes, line => line.StartsWith("Samples.Right", StringComparison.Ordinal));

#pragma warning disable xUnit1000, xUnit1069 // No tests: the runner takes public classes only.
    /// <summary>What the rules must find, and what they must let pass. Nothing here is run.</summary>
    private static class Samples
    {
        public static async Task Delays() => await Task.Delay(50);

        public static void Sleeps() => Thread.Sleep(TimeSpan.FromSeconds(1));

        public static async Task<int> Gives_Up(Task<int> task) => await task.WaitAsync(TimeSpan.FromMinutes(10));

        public static void Cancels(CancellationTokenSource source) => source.CancelAfter(1_000);

        public static CancellationTokenSource Limits() => new(TimeSpan.FromSeconds(90));

        public static bool Ends(Process process) => process.WaitForExit(5_000);

        public static Stopwatch Measures() => Stopwatch.StartNew();

        public static HttpClient Asks() => new();

        public static Grpc.Core.CallOptions Calls() => new(deadline: DateTime.UtcNow.AddSeconds(20));

        public static Actors.Fleet.ActorOptions Options() =>
            new()
            {
                Learner = "",
                Id = "",
                Patience = TimeSpan.FromSeconds(30),
            };

        public static string[] Commands() => ["hang", "--step-timeout", "7"];

        public static string Ids() => "gym:CartPole-v1?timeout=2";

        public static Action InALambda() => () => Thread.Sleep(10);

        [Fact(Timeout = 1_000)]
        public static async Task FactWithATime() => await Task.Yield();

        public static Task Right_Condition(Task task) => task.InTime();

        public static async Task Right_Token(Task task)
        {
            using CancellationTokenSource limit = Deadline.Source();
            await task.WaitAsync(limit.Token);
        }

        public static DateTimeOffset Right_Clock(DateTimeOffset now) => now + TimeSpan.FromSeconds(2);

        public static Grpc.Core.CallOptions Right_Call() => new(deadline: Deadline.Utc);
    }
#pragma warning restore xUnit1000, xUnit1069
}
