namespace Fleet.Serving.Questions;

/// <summary>How much one question may ask of a policy, from the policy's own size: more than it can use is refused before it is read.</summary>
internal sealed class PolicyLimits
{
    private const int MostRows = 4_096;
    private const int MostNumbers = 1 << 20; // observations and core states of a question
    private const int JsonBytesPerNumber = 40; // 17 digits, sign, exponent, comma and an indent
    private const int JsonBytesPerRow = 64;
    private const int MostBodyBytes = 30_000_000;
    private const int Overhead = 4_096;

    /// <summary>Limits of a policy.</summary>
    /// <param name="observationSize">Numbers of an observation.</param>
    /// <param name="coreStateSize">Numbers of a core state.</param>
    public PolicyLimits(int observationSize, int coreStateSize)
    {
        NumbersPerRow = observationSize + coreStateSize;
        Rows = Math.Clamp(MostNumbers / NumbersPerRow, 1, MostRows);
        long numbers = (long)Rows * NumbersPerRow;
        BodyBytes = (int)Math.Min(MostBodyBytes, numbers * JsonBytesPerNumber + Rows * JsonBytesPerRow + Overhead);
        MessageBytes = (int)(numbers * sizeof(float) + Rows + Overhead);
    }

    /// <summary>Most rows of one question.</summary>
    /// <value>1 to 4,096.</value>
    public int Rows { get; }

    /// <summary>Numbers of an observation and a core state.</summary>
    public int NumbersPerRow { get; }

    /// <summary>Most bytes of a body in JSON.</summary>
    public int BodyBytes { get; }

    /// <summary>Most bytes of a message of <c>policy.proto</c>.</summary>
    public int MessageBytes { get; }
}
