namespace Protos.Bridge;

/// <summary>What came back in a session: one of a description, results, a picture, a failure, or a defect.</summary>
/// <param name="Opened">The batch is open.</param>
/// <param name="Picture">A picture that was asked for.</param>
/// <param name="Failure">What went wrong on the other side.</param>
/// <param name="HasResults">Whether results were read into the batch's arrays.</param>
/// <param name="Defect">What is wrong with the message itself; null where nothing is.</param>
internal sealed record SessionAnswer(
    Description? Opened = null,
    Picture? Picture = null,
    Failure? Failure = null,
    bool HasResults = false,
    string? Defect = null
)
{
    /// <summary>Results were read into the arrays.</summary>
    public static readonly SessionAnswer Results = new(HasResults: true);
}
