using Learners.Runs;
using Xunit;

namespace Tests.LearnerTests.Training;

public sealed class ProcessorShareTests
{
    private static readonly CancellationToken Ending = TestContext.Current.CancellationToken;

    [Fact]
    public Task Begin_WithinAnother_IsAPartOfIt() =>
        Task.Run(
            () =>
            {
                using var outer = ProcessorShare.Begin();
                Work(() => outer.Seconds > 0.02);
                using var inner = ProcessorShare.Begin();
                double before = outer.Seconds;
                Work(() => inner.Seconds > 0.02);

                Assert.True(outer.Seconds >= before + 0.02);
                Assert.True(inner.Seconds < outer.Seconds);
            },
            Ending
        );

    [Fact]
    public async Task Begin_SeveralAtATime_ShareWhatTheProcessUsed()
    {
        double before = Now;
        double[] seconds = await Task.WhenAll(
            Enumerable
                .Range(0, 3)
                .Select(_ =>
                    Task.Run(
                        () =>
                        {
                            using var share = ProcessorShare.Begin();
                            double begin = share.Seconds;
                            Work(() => share.Seconds > begin + 0.02);
                            return share.Seconds - begin;
                        },
                        Ending
                    )
                )
        );

        Assert.All(seconds, share => Assert.True(share >= 0.02));
        Assert.True(seconds.Sum() <= Now - before + 1e-6);
    }

    [Fact]
    public Task Dispose_ThenOthersWork_CountsNoMore() =>
        Task.Run(
            () =>
            {
                var share = ProcessorShare.Begin();
                Work(() => share.Seconds > 0.01);
                share.Dispose();
                double ended = share.Seconds;
                double mark = Now;
                Work(() => Now > mark + 0.05);

                Assert.Equal(ended, share.Seconds);
            },
            Ending
        );

    private static double Now => Environment.CpuUsage.TotalTime.TotalSeconds;

    private static void Work(Func<bool> isEnough)
    {
        while (!isEnough())
        {
            Thread.SpinWait(1_000);
        }
    }
}
