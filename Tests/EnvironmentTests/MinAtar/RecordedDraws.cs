using System.Text.Json;
using Environments.Randomness;
using Xunit;

namespace Tests.EnvironmentTests.MinAtar;

/// <summary>The random numbers that the original drew, in order; a game that asks for another kind or range fails the test.</summary>
internal struct RecordedDraws : IRandomSource
{
    private readonly List<(int Low, int High, double Value)> _draws;
    private int _next;

    /// <summary>Reads a list of [method, arguments, result].</summary>
    public RecordedDraws(JsonElement draws)
    {
        _draws = [];
        foreach (JsonElement draw in draws.EnumerateArray())
        {
            int[] arguments = [.. draw[1].EnumerateArray().Select(Argument)];
            (int low, int high) = draw[0].GetString() switch
            {
                "rand" => (0, 0),
                _ => arguments.Length == 1 ? (0, arguments[0]) : (arguments[0], arguments[1]),
            };
            IEnumerable<JsonElement> results = draw[2].ValueKind == JsonValueKind.Array ? draw[2].EnumerateArray() : [draw[2]];
            _draws.AddRange(results.Select(result => (low, high, result.GetDouble())));
        }
    }

    /// <summary>Draws in the order given; a real number has an empty range.</summary>
    public RecordedDraws(params ReadOnlySpan<(int Low, int High, double Value)> draws)
    {
        _draws = [.. draws];
    }

    /// <summary>Recorded draws that nobody asked for.</summary>
    public readonly int Remaining => _draws.Count - _next;

    public double NextDouble() => Next(0, 0);

    public int NextInt(int low, int high) => (int)Next(low, high);

    private double Next(int low, int high)
    {
        (int recordedLow, int recordedHigh, double value) = _draws[_next++];
        Assert.Equal((recordedLow, recordedHigh), (low, high));
        return value;
    }

    // Positional arguments are numbers, keyword arguments pairs of name and number.
    private static int Argument(JsonElement argument) =>
        argument.ValueKind == JsonValueKind.Array ? argument[1].GetInt32() : argument.GetInt32();
}
