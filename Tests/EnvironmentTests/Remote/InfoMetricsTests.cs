using Environments;
using Environments.Remote;
using Protos.Bridge;
using Xunit;

namespace Tests.EnvironmentTests.Remote;

public sealed class InfoMetricsTests
{
    private static Dictionary<string, double> Taken(InfoMetrics infos, EnvironmentMetrics? metrics = null)
    {
        metrics ??= new EnvironmentMetrics();
        infos.MoveTo(metrics);
        return metrics
            .All.Where(numbers => numbers.Count > 0)
            .ToDictionary(numbers => numbers.Tag, numbers => numbers.Total / numbers.Count);
    }

    private static FinalInfo Info(string json) => new() { Json = json };

    [Fact]
    public void Add_Infos_GiveMeansOfTheirNumbersAndNothingElse()
    {
        var infos = new InfoMetrics();
        infos.Add([
            Info("""{"distance": 1.5, "lives": 3, "won": true, "name": "x", "nested": {"a": 1}, "a,b": 4}"""),
            Info("""{"distance": 2.5}"""),
        ]);
        infos.Add([Info("NaN"), Info("[1]"), Info("""{"distance": NaN}""")]);

        Assert.Equal(new Dictionary<string, double> { ["environment/distance"] = 2, ["environment/lives"] = 3 }, Taken(infos));
        Assert.Empty(Taken(infos)); // it started over
    }

    [Fact]
    public void Add_KeysWithoutEnd_KeepsTheFirst()
    {
        var infos = new InfoMetrics();
        for (int i = 0; i < 1_000; i++)
        {
            infos.Add([Info($$"""{"k{{i}}": 1}""")]);
        }

        Assert.Equal(64, Taken(infos).Count);
    }
}
