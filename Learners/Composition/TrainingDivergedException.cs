namespace Learners.Composition;

/// <summary>A loss or gradient stopped being a number, so that training cannot go on.</summary>
public sealed class TrainingDivergedException : Exception
{
    /// <summary>A failure described by <paramref name="message"/>.</summary>
    public TrainingDivergedException(string message)
        : base(message) { }
}
