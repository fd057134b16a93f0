namespace Learners.Models;

/// <summary>A number among the parameters that no optimiser moves: it is set at the end of each update, and so published, saved and sent with them.</summary>
/// <param name="Parameter">Path of the parameter, an array of one number.</param>
/// <param name="At">The number at a share of the run's steps, 0 to 1.</param>
internal sealed record GivenNumber(string Parameter, Func<double, float> At)
{
    /// <summary>Name of its metric.</summary>
    public required string Tag { get; init; }
}
