using Actors.Fleet;
using Xunit;

namespace Tests.ActorTests.Fleet;

public sealed class BackOffTests
{
    [Fact]
    public void Next_AttemptsThatFail_DoubleUpToFiveSecondsAndDifferBetweenActors()
    {
        var one = new BackOff(1);
        var other = new BackOff(2);
        double longest = 0.1;
        for (int i = 0; i < 20; i++)
        {
            double wait = one.Next().TotalSeconds;
            Assert.InRange(wait, longest / 2, longest);
            Assert.NotEqual(wait, other.Next().TotalSeconds);
            longest = Math.Min(2 * longest, 5);
        }

        one.Reset();

        Assert.InRange(one.Next().TotalSeconds, 0.05, 0.1);
    }
}
