using System.Globalization;
using Environments.Randomness;

namespace Studies.Trials;

/// <summary>A setting that a study varies: a list of choices, or a range of numbers. Immutable.</summary>
internal sealed record SearchParameter
{
    /// <summary>Dotted key, as <c>--set</c> takes it.</summary>
    public required string Key { get; init; }

    /// <summary>Texts to choose from; empty for a range.</summary>
    public IReadOnlyList<string> Choices { get; init; } = [];

    /// <summary>Lowest number of a range.</summary>
    public double From { get; init; }

    /// <summary>Highest number of a range.</summary>
    public double To { get; init; }

    /// <summary>Whether numbers are spread evenly over their logarithms.</summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>Whether numbers are whole.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Points of a range in a grid; 0 where a grid cannot take it.</summary>
    public int Points { get; init; }

    /// <summary>What a member of a population adds to or takes from a copied value, which else is multiplied; 0 for that.</summary>
    public double Step { get; init; }

    /// <summary>What every member of a population begins with; null for a draw each.</summary>
    public double? Start { get; init; }

    /// <summary>Another key and the text that it must have for this one to exist; null where it always does.</summary>
    public (string Key, string Value)? When { get; init; }

    /// <summary>Whether this is a range.</summary>
    public bool IsRange => Choices.Count == 0;

    /// <summary>Lower end of the axis on which a range is searched: of whole numbers half a step below the lowest.</summary>
    public double Low => OnAxis(IsWhole ? From - 0.5 : From);

    /// <summary>Upper end of that axis.</summary>
    public double High => OnAxis(IsWhole ? To + 0.5 : To);

    /// <summary>Whether the setting exists beside others.</summary>
    /// <param name="point">The others.</param>
    public bool ExistsIn(SearchPoint point) => When is not { } condition || point[condition.Key] == condition.Value;

    /// <summary>Where a number lies on the axis.</summary>
    public double OnAxis(double number) => IsLogarithmic ? Math.Log(number) : number;

    /// <summary>The number of a text.</summary>
    public static double Number(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>The text of a place on the axis, within the range.</summary>
    public string At(double axis) => TextOf(IsLogarithmic ? Math.Exp(axis) : axis);

    /// <summary>The text of a number, clipped to the range; whole numbers are rounded, never cut.</summary>
    public string TextOf(double number)
    {
        number = Math.Clamp(IsWhole ? Math.Round(number, MidpointRounding.AwayFromZero) : number, From, To);
        return number.ToString(IsWhole ? "F0" : "G6", CultureInfo.InvariantCulture);
    }

    /// <summary>A value drawn from what the study begins with: each choice alike, numbers evenly over the axis.</summary>
    public string Draw(ref Pcg64 random)
    {
        string drawn = IsRange ? At(random.NextUniform(Low, High)) : Choices[random.NextInt(0, Choices.Count)];
        return Start is { } start ? TextOf(start) : drawn;
    }

    /// <summary>Values of a grid.</summary>
    public IEnumerable<string> GridValues() =>
        IsRange
            ? Enumerable
                .Range(0, Points)
                .Select(i => At(Points == 1 ? OnAxis(From) : OnAxis(From) + (OnAxis(To) - OnAxis(From)) * i / (Points - 1)))
                .Distinct()
            : Choices;
}
