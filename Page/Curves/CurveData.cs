namespace Page.Curves;

/// <summary>What is drawn of a run, or of all seeds of an experiment.</summary>
internal sealed record CurveData
{
    /// <summary>Name in the legend.</summary>
    public required string Label { get; init; }

    /// <summary>Ids of its runs.</summary>
    public required IReadOnlyList<string> Runs { get; init; }

    /// <summary>Places along the axis, always rising.</summary>
    public required double[] X { get; init; }

    /// <summary>Numbers there; of several seeds their mean.</summary>
    public required double[] Y { get; init; }

    /// <summary>Smallest number of the seeds at each place; null for one run.</summary>
    public double[]? Low { get; init; }

    /// <summary>Largest number of the seeds at each place; null for one run.</summary>
    public double[]? High { get; init; }

    /// <summary>The newest number; of several seeds the mean at the last place that all have.</summary>
    public double Last { get; init; }

    /// <summary>Smallest number of all rows.</summary>
    public double Min { get; init; }

    /// <summary>Largest number of all rows.</summary>
    public double Max { get; init; }

    /// <summary>Numbers that the curve was made of.</summary>
    public long Rows { get; init; }

    /// <summary>Numbers that were left out since they are infinite or not a number.</summary>
    public long NotNumbers { get; init; }

    /// <summary>Rows that could not be read.</summary>
    public long DamagedRows { get; init; }
}
